// Viewer request: one spelling for all queries that mean the same, so that they share one cached object.
function handler(event) {
    var request = event.request;
    var query = request.querystring;
    var pairs = [];

    Object.keys(query).forEach(function (name) {
        if (/^(utm_[a-z]+|fbclid|gclid)$/.test(name)) {
            return;
        }
        var values = query[name].multiValue || [query[name]];
        values.forEach(function (entry) {
            pairs.push(name.toLowerCase() + '=' + entry.value);
        });
    });
    request.querystring = pairs.sort().join('&');
    return request;
}
