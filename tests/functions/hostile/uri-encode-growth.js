// encodeURIComponent of its own output; ends: over-memory
function handler(event) {
    var s = "%%%%";
    for (;;) s = encodeURIComponent(s)
}
