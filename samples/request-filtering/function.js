// Each table is read from the top; the first row that fits decides.

// what                     when the path matches                                                         answer
const PATHS = [
    ['control character',   /%[01][0-9a-f]|%7f/i,                                                         400],
    ['encoded twice',       /%25[0-9a-f]{2}/i,                                                            400],
    ['traversal',           /(^|\/|\\|%2f|%5c)(\.|%2e){2}(\/|\\|%2f|%5c|;|$)/i,                           400],
    ['dot file',            /(\/|%2f)(\.|%2e)(?!well-known\/)/i,                                          404],
    ['admin page',          /^\/+(admin|administrator|wp-admin|phpmyadmin|cgi-bin|server-status)(\/|$)/i, 404],
    ['script or backup',    /\.(php\d?|aspx?|jsp|cgi|sql|bak|old|orig|swp|config|log)$/i,                 404],
];

// below                    methods
const METHODS = [
    ['/api/',               ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['/',                   ['GET', 'HEAD']],
];

// Countries that are not served. XA and XB stand for yours: ISO 3166-1 leaves them to users.
const COUNTRIES = ['XA', 'XB'];

// header                   at most  characters
const HEADERS = [
    ['user-agent',          512,     /^[\x20-\x7e]+$/],
    ['referer',             2048,    /^[\x21-\x7e]+$/],
    ['accept',              512,     /^[\w.,;=*\/+" -]+$/],
    ['accept-language',     256,     /^[A-Za-z0-9,;=.* -]+$/],
    ['origin',              256,     /^(null|https?:\/\/[\w.:[\]-]+)$/],
    ['content-type',        256,     /^[\x20-\x7e]+$/],
    ['range',               128,     /^bytes=[\d, -]+$/],
    ['authorization',       4096,    /^[\x20-\x7e]+$/],
];

// what                     at most
const MOST_HEADERS = 50;
const MOST_COOKIES = 40;
const MOST_PARAMETERS = 30;
const LONGEST_PATH = 1024;

// Viewer request: refuses what no honest client of this site would send, before it costs the cache or the origin anything.
function handler(event) {
    const request = event.request;
    return checkPath(request) || checkMethod(request) || checkCountry(request) || checkHeaders(request) || checkCounts(request) || request;
}

function checkPath(request) {
    if (request.uri.length > LONGEST_PATH) {
        return refuse(414, 'path: too long');
    }
    for (let i = 0; i < PATHS.length; i++) {
        if (PATHS[i][1].test(request.uri)) {
            return refuse(PATHS[i][2], 'path: ' + PATHS[i][0]);
        }
    }
    return null;
}

function checkMethod(request) {
    const row = METHODS.find((candidate) => request.uri.startsWith(candidate[0]));
    if (row[1].includes(request.method)) {
        return null;
    }
    const response = refuse(405, 'method: ' + request.method);
    response.headers.allow = { value: row[1].join(', ') };
    return response;
}

function checkCountry(request) {
    const country = request.headers['cloudfront-viewer-country'];
    return country && COUNTRIES.includes(country.value) ? refuse(403, 'country: ' + country.value) : null;
}

// Every header of the table is one that a request has once.
function checkHeaders(request) {
    for (let i = 0; i < HEADERS.length; i++) {
        const name = HEADERS[i][0];
        const header = request.headers[name];
        if (header && header.multiValue) {
            return refuse(400, 'header: ' + name + ' twice');
        }
        if (header && header.value.length > HEADERS[i][1]) {
            return refuse(431, 'header: ' + name + ' too long');
        }
        if (header && !HEADERS[i][2].test(header.value)) {
            return refuse(400, 'header: ' + name + ' has other characters');
        }
    }
    return null;
}

function checkCounts(request) {
    if (Object.keys(request.headers).length > MOST_HEADERS) {
        return refuse(431, 'count: headers');
    }
    if (Object.keys(request.cookies).length > MOST_COOKIES) {
        return refuse(431, 'count: cookies');
    }
    return Object.keys(request.querystring).length > MOST_PARAMETERS ? refuse(400, 'count: parameters') : null;
}

function refuse(status, rule) {
    console.log('refused ' + status + ' by ' + rule);
    return { statusCode: status, headers: { 'cache-control': { value: 'no-store' } } };
}
