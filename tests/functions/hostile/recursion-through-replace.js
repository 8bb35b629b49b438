async function handler(event) {
    function f() { 'a'.replace(/a/, f); } for (;;) try { f(); } catch (e) {}
    return event.request;
}
