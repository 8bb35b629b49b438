// btoa of its own output; ends: over-memory
function handler(event) {
    var s = "x";
    for (;;) s = btoa(s)
}
