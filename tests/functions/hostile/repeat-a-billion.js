async function handler(event) {
    for (;;) 'x'.repeat(1e9);
    return event.request;
}
