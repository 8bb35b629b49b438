// Keys made of growing texts; ends: over-compute or over-memory
function handler(event) {
    var o = {}, s = "";
    for (;;) { s += "k"; o[s] = 1 }
}
