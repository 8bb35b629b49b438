async function handler(event) {
    for (;;) new Float64Array(1e8);
    return event.request;
}
