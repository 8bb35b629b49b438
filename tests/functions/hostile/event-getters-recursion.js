// A result whose getter recurses; ends: throws RangeError or invalid
function handler(event) {
    return { get statusCode() { return this.statusCode } }
}
