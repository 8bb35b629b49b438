async function handler(event) {
    var a = []; for (;;) a.unshift(1);
    return event.request;
}
