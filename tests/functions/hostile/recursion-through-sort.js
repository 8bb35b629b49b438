async function handler(event) {
    function f() { [2, 1].sort(f); } for (;;) try { f(); } catch (e) {}
    return event.request;
}
