// An array of a length of four billion, filled; ends: over-compute or over-memory
function handler(event) {
    var a = [];
    a.length = 4294967295;
    a.fill(0)
}
