// Searches that find nothing; ends: over-compute
function handler(event) {
    var a = new Array(10000).fill(1);
    for (;;) a.indexOf(2), a.includes(3), a.lastIndexOf(4)
}
