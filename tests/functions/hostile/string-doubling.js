async function handler(event) {
    var s = 'x'; for (;;) s += s;
    return event.request;
}
