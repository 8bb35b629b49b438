// Appending emoji one by one; ends: over-compute or over-memory
function handler(event) {
    var s = "";
    for (;;) s += "😀"
}
