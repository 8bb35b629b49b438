async function handler(event) {
    function f() { JSON.parse('[1,2]', f); } for (;;) try { f(); } catch (e) {}
    return event.request;
}
