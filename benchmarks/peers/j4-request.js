function handler(event) {
    var request = event.request;
    var query = request.querystring;
    var pairs = [];
    for (var name in query) {
        if (!/^(utm_[a-z]+|fbclid|gclid)$/.test(name)) {
            pairs.push(name + '=' + query[name].value);
        }
    }
    request.querystring = pairs.sort().join('&');
    return request;
}
