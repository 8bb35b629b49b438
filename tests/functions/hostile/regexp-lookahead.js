// A catastrophic lookahead; ends: over-compute or throws InternalError
function handler(event) {
    return /^(?=(a+)+$)/.test("a".repeat(40) + "b")
}
