async function handler(event) {
    var o = {}, i = 0; for (;;) o['k' + (i++ % 100)] = i;
    return event.request;
}
