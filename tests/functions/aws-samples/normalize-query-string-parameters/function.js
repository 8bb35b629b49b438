// One order for all parameters, so that one entry of the cache serves every order.
function handler(event) {
    var request = event.request;
    var pairs = [];
    Object.keys(request.querystring).forEach(function (name) {
        var entry = request.querystring[name];
        (entry.multiValue || [entry]).forEach(function (one) {
            pairs.push(name + '=' + one.value);
        });
    });
    pairs.sort();
    request.querystring = pairs.join('&');
    return request;
}
