// repeat of infinity is an error of the language; ends: throws RangeError
function handler(event) {
    return "x".repeat(Infinity)
}
