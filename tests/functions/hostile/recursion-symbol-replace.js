// Recursion through Symbol.replace; ends: throws RangeError or returns
function handler(event) {
    var r = /a/;
    r[Symbol.replace] = function (s) { return s.replace(r, "") };
    r.exec = function () { return "a".replace(r, "b") };
    return "a".replace(r, "b")
}
