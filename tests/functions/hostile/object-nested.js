// Objects nested without end; ends: over-memory
function handler(event) {
    var o;
    for (;;) o = { o }
}
