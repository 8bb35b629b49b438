async function handler(event) {
    for (;;) new Array(1e8).join('ab');
    return event.request;
}
