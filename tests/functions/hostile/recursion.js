async function handler(event) {
    function f() { f(); f(); } for (;;) try { f(); } catch (e) {}
    return event.request;
}
