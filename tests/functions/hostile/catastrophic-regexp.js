async function handler(event) {
    /^(a+)+$/.test('a'.repeat(40) + 'b'); for (;;) /(a|aa)+$/.test('a'.repeat(60) + 'b');
    return event.request;
}
