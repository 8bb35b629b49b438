import cf from 'cloudfront';

const PREFIXES = 4;             // lookups for prefix rules at most, longest first
const LONGEST_KEY = 512;        // bytes that a store takes
const DESCRIPTIONS = { 301: 'Moved Permanently', 302: 'Found', 307: 'Temporary Redirect', 308: 'Permanent Redirect' };

const table = cf.kvs();

// Viewer request: answers with the redirect that the table has for the path, else lets the request pass. A row of the table is
//     "/old/page"   : "301 /new/page"      for one path
//     "/old/docs/*" : "302 /new/docs/*"    for all paths below; without the star in the target, all go to that one page
async function handler(event) {
    const request = event.request;
    const target = await find(request.uri);
    if (!target) {
        return request;
    }
    const query = request.rawQueryString();
    return {
        statusCode: target.status,
        statusDescription: DESCRIPTIONS[target.status],
        headers: {
            location: { value: query ? target.location + (target.location.includes('?') ? '&' : '?') + query : target.location },
            'cache-control': { value: 'max-age=3600' },
        },
    };
}

async function find(uri) {
    if (Buffer.byteLength(uri) >= LONGEST_KEY) {
        return null;
    }
    if (await table.exists(uri)) {
        const row = await table.get(uri);
        return follow(row, uri, uri);
    }
    let slash = uri.lastIndexOf('/');
    for (let i = 0; i < PREFIXES && slash >= 0; i++) {
        const prefix = uri.substring(0, slash + 1);
        if (await table.exists(prefix + '*')) {
            const row = await table.get(prefix + '*');
            return follow(row, uri, prefix);
        }
        slash = slash > 0 ? uri.lastIndexOf('/', slash - 1) : -1;
    }
    return null;
}

function follow(row, uri, prefix) {
    const star = row.endsWith('*');
    const to = row.substring(4, star ? row.length - 1 : row.length);
    // To where the viewer is already, or from below the target to still further below: such a redirect would never end.
    if (to === uri || (star && to.startsWith(prefix) && uri.startsWith(to))) {
        return null;
    }
    // The rest comes without its leading slashes: "/" and "/evil.example" would make an address on another host.
    const rest = uri.substring(prefix.length).replace(/^[\/\\]+/, '');
    return { status: Number(row.substring(0, 3)), location: star ? to + rest : to };
}
