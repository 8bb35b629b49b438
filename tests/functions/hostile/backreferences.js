async function handler(event) {
    var s = 'a'.repeat(2000); for (;;) /(a+)\1b/.test(s);
    return event.request;
}
