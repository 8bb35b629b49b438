const LANGUAGES = ['en', 'de', 'fr'];       // what the site speaks; the first one for all others

// Parameters that change the page. All others, tracking first of all, make no difference and go.
// parameter       in any letter case
const PARAMETERS = {
    category:      true,
    page:          true,
    q:             false,
    sort:          true,
};

// Viewer request: one spelling for all requests that mean the same object.
function handler(event) {
    const request = event.request;
    request.uri = path(request.uri);
    request.querystring = query(request.querystring);
    request.headers['accept-language'] = { value: language(request.headers['accept-language']) };
    request.headers['x-device'] = { value: device(request.headers['user-agent']) };
    return request;
}

// "//Docs", "/docs", "/docs/" and "/docs/index.html" are one. The origin's own names are all in lower case: drop toLowerCase() where they are not.
function path(uri) {
    let clean = uri.toLowerCase().replace(/\/{2,}/g, '/').replace(/\/index\.html?$/, '/');
    const last = clean.substring(clean.lastIndexOf('/') + 1);
    if (last && !last.includes('.')) {
        clean += '/';
    }
    return clean.endsWith('/') ? clean + 'index.html' : clean;
}

// In one order, without what is empty or unknown. A string is taken as it is: nothing is decoded or encoded again.
function query(parameters) {
    const pairs = [];
    Object.keys(parameters).forEach((given) => {
        const name = given.toLowerCase();
        if (!PARAMETERS.hasOwnProperty(name)) {
            return;
        }
        const values = parameters[given].multiValue || [parameters[given]];
        values.forEach((entry) => {
            if (entry.value) {
                pairs.push(name + '=' + (PARAMETERS[name] ? entry.value.toLowerCase() : entry.value));
            }
        });
    });
    return pairs.sort().join('&');
}

// The supported language that the viewer likes best: "de-CH,de;q=0.9,en;q=0.8" is "de".
function language(header) {
    let best = LANGUAGES[0];
    let bestQuality = 0;
    (header ? header.value.toLowerCase() : '').split(',').slice(0, 10).forEach((range) => {
        const match = /^\s*([a-z]+)(?:-[\w-]+)?\s*(?:;\s*q=([\d.]+)\s*)?$/.exec(range);
        const quality = match && match[2] !== undefined ? Number(match[2]) : 1;
        if (match && LANGUAGES.includes(match[1]) && quality > bestQuality) {
            best = match[1];
            bestQuality = quality;
        }
    });
    return best;
}

// Three classes instead of thousands of user agents.
function device(header) {
    const agent = header ? header.value : '';
    if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobile)/.test(agent)) {
        return 'tablet';
    }
    return /Mobi/.test(agent) ? 'mobile' : 'desktop';
}
