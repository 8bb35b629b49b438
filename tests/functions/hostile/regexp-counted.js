// Counted repetition nested thrice; ends: invalid or over-compute or over-memory or throws SyntaxError or returns
function handler(event) {
    return new RegExp("(((a{1,1000}){1,1000}){1,1000})").test("b".repeat(100))
}
