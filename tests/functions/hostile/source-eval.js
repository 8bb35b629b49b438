// Dynamic code; ends: throws
function handler(event) {
    return eval('1')
}
