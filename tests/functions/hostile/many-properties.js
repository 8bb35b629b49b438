async function handler(event) {
    var o = {}; for (var i = 0; ; i++) o['property' + i] = i;
    return event.request;
}
