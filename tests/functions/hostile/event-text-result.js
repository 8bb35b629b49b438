// A result that is no object; ends: invalid
function handler(event) {
    return 'x'.repeat(100000)
}
