// stringify with the widest indent; ends: over-compute or over-memory
function handler(event) {
    var a = [];
    for (var i = 0; i < 3000; i++) a.push([[[[[i]]]]]);
    for (;;) JSON.stringify(a, null, 10)
}
