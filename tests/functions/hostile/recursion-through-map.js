async function handler(event) {
    function f() { [1].map(f); } for (;;) try { f(); } catch (e) {}
    return event.request;
}
