async function handler(event) {
    function f() { return Promise.resolve().then(f); } f(); for (;;) Promise.resolve().then(f);
    return event.request;
}
