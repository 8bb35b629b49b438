// The Function constructor; ends: throws
function handler(event) {
    return new Function('return 1')()
}
