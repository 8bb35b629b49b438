async function handler(event) {
    var s = '['.repeat(500000); for (;;) try { JSON.parse(s); } catch (e) {}
    return event.request;
}
