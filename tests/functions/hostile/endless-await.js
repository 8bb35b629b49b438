async function handler(event) {
    for (;;) await 1;
    return event.request;
}
