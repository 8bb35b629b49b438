// A back reference that backtracks; ends: over-compute or throws InternalError or returns
function handler(event) {
    return /(a*)(a*)(a*)(a*)\1\2\3\4b/.test("a".repeat(200))
}
