// A getter that is asked for ever; ends: over-compute
function handler(event) {
    var o = { get a() { return 1 } };
    for (;;) o.a
}
