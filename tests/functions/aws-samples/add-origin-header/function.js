// A viewer that names no origin comes from the site itself.
function handler(event) {
    var given = event.request.headers;
    given.origin = given.origin || { value: 'https://' + given.host.value };
    return event.request;
}
