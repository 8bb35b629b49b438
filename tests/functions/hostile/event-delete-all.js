// All of the event deleted; ends: invalid or throws TypeError or returns
function handler(event) {
    for (var k in event.request) delete event.request[k];
    delete event.request;
    return {}
}
