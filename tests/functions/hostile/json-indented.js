// Indented JSON again and again; ends: over-compute
async function handler(event) {
    var o = []; for (var i = 0; i < 500; i++) o.push({ a: i }); for (;;) JSON.stringify(o, null, 10);
    return event.request;
}
