async function handler(event) {
    var o = { toJSON: function () { return JSON.stringify(o); } }; for (;;) try { JSON.stringify(o); } catch (e) {}
    return event.request;
}
