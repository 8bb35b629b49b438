var ALLOW = 'access-control-allow-origin';

// Allows the origin that asked, when the answer says nothing about it.
function handler(event) {
    var answer = event.response;
    var asking = event.request.headers.origin;
    if (asking && !(ALLOW in answer.headers)) {
        console.log('Access-Control-Allow-Origin was missing, adding it now.');
        answer.headers[ALLOW] = { value: asking.value };
    }
    return answer;
}
