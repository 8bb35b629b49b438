async function handler(event) {
    for (;;) try { null.x; } catch (e) {}
    return event.request;
}
