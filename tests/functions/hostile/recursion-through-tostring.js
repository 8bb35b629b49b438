async function handler(event) {
    var o = { toString: function () { return '' + this; } }; for (;;) try { '' + o; } catch (e) {}
    return event.request;
}
