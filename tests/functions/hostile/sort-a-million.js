async function handler(event) {
    var a = []; for (var i = 0; i < 1e6; i++) a.push(i * 7919 % 1e6); a.sort(); for (;;) a.sort();
    return event.request;
}
