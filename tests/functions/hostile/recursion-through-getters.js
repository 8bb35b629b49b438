async function handler(event) {
    var o = { get x() { return this.x; } }; for (;;) try { o.x; } catch (e) {}
    return event.request;
}
