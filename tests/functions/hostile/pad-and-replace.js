async function handler(event) {
    for (;;) ''.padEnd(1e8, 'a').replace(/a/g, 'bb');
    return event.request;
}
