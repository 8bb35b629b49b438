// The viewer is sent to another host, with the path and the query that came.
function handler(event) {
    var request = event.request;
    var pairs = [];
    Object.keys(request.querystring).forEach(function (name) {
        var entry = request.querystring[name];
        (entry.multiValue || [entry]).forEach(function (one) {
            pairs.push(name + '=' + one.value);
        });
    });
    var query = pairs.length > 0 ? '?' + pairs.join('&') : '';
    return {
        statusCode: 301,
        statusDescription: 'Moved Permanently',
        headers: { location: { value: 'https://www.example.com' + request.uri + query } },
    };
}
