// A regular expression literal in each round; ends: over-compute or over-memory
function handler(event) {
    for (;;) /a+b/.test("aaaa")
}
