async function handler(event) {
    var a = []; for (;;) a.push('x'.repeat(2e6));
    return event.request;
}
