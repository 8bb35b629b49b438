async function handler(event) {
    for (;;) { Array.prototype.x = 1; [].x; delete Array.prototype.x; }
    return event.request;
}
