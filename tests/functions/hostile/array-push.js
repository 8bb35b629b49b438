async function handler(event) {
    var a = []; for (;;) a.push(1);
    return event.request;
}
