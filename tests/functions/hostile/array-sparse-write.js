// A write far behind the end, then a walk; ends: over-compute or over-memory
function handler(event) {
    var a = [];
    a[4294967290] = 1;
    a.forEach(x => x);
    a.map(x => x);
    return a.indexOf(2)
}
