// Objects of ever other shapes from known names; ends: over-compute or over-memory
function handler(event) {
    var names = "abcdefghijklmnop".split(""), x = 1;
    for (;;) { var o = {}; for (var i = 0; i < 16; i++) { x = (x * 16807) % 2147483647; o[names[x % 16]] = i } }
    function known(o) { return o.a + o.b + o.c + o.d + o.e + o.f + o.g + o.h + o.i + o.j + o.k + o.l + o.m + o.n + o.o + o.p }
}
