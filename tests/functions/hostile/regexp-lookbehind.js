// Lookbehind at every place; ends: over-compute or throws InternalError
function handler(event) {
    var s = "a".repeat(100000);
    for (;;) /(?<=aaaaaaaaaab)x|(?<!a)b/.test(s)
}
