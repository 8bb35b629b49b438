// Array push for ever; ends: over-memory
function handler(event) {
    var a = [];
    for (;;) a.push(1)
}
