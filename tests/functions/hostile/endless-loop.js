async function handler(event) {
    for (;;) {}
    return event.request;
}
