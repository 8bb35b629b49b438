// The viewer is sent to a new domain, the values of one name joined by commas.
function handler(event) {
    var request = event.request;
    var query = Object.keys(request.querystring).map(function (name) {
        var entry = request.querystring[name];
        var values = (entry.multiValue || [entry]).map(function (one) { return one.value; }).join(',');
        return values === '' ? name : name + '=' + values;
    }).join('&');
    return {
        statusCode: 302,
        statusDescription: 'Found',
        headers: { location: { value: 'https://newdomain.com' + request.uri + (query ? '?' + query : '') } },
    };
}
