// sort that converts elements that sort; ends: throws RangeError
function handler(event) {
    var a = [{ toString() { return a.sort().length + "" } }, 1];
    a.sort()
}
