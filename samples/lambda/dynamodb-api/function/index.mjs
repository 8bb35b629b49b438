// Origin request with IncludeBody: a small API whose notes live in DynamoDB. It answers everything itself; no origin is ever asked.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Conflict, NotFound, Notes } from './notes.mjs';
import { Unauthorized, verify } from './token.mjs';

const config = JSON.parse(readFileSync(new URL('config.json', import.meta.url)));
const notes = new Notes(config);

class Refusal extends Error {
    constructor(status, message, headers = {}) {
        super(message);
        Object.assign(this, { status, headers });
    }
}

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    if (request.method === 'OPTIONS')
        return answer(204, undefined, { 'access-control-allow-methods': 'GET, POST, PUT, DELETE', 'access-control-allow-headers': 'Authorization, Content-Type', 'access-control-max-age': '600' });
    try {
        return await route(request);
    } catch (error) {
        if (error instanceof Unauthorized)
            return answer(401, { error: error.message }, { 'www-authenticate': 'Bearer realm="notes"' });
        if (error instanceof Refusal)
            return answer(error.status, { error: error.message }, error.headers);
        if (error instanceof NotFound)
            return answer(404, { error: error.message });
        if (error instanceof Conflict)
            return answer(409, { error: error.message });
        // The database: the reason is for the log, not for the viewer.
        console.error(error);
        return answer(503, { error: 'the notes cannot be reached' }, { 'retry-after': '5' });
    }
};

async function route(request) {
    const path = /^\/notes(?:\/([A-Za-z0-9-]{1,64}))?$/.exec(request.uri);
    if (!path)
        throw new Refusal(404, 'there is /notes and /notes/ID');
    const id = path[1];
    const { owner, scopes } = verify(request.headers.authorization?.[0].value, config);
    const may = (scope) => {
        if (!scopes.includes(scope))
            throw new Refusal(403, `the token does not allow ${scope}`);
    };
    switch (`${request.method} ${id ? 'one' : 'all'}`) {
        case 'GET all':
            may('notes:read');
            return answer(200, { notes: await notes.list(owner) });
        case 'GET one':
            may('notes:read');
            return answer(200, await notes.get(owner, id));
        case 'POST all': {
            may('notes:write');
            const { text, id: wanted } = read(request);
            const note = await notes.create(owner, wanted ?? randomUUID(), text);
            return answer(201, note, { location: `/notes/${note.id}` });
        }
        case 'PUT one': {
            may('notes:write');
            const { text, version } = read(request);
            if (!Number.isInteger(version))
                throw new Refusal(400, 'version must be the number of the version that you have read');
            return answer(200, await notes.replace(owner, id, text, version));
        }
        case 'DELETE one':
            may('notes:write');
            await notes.delete(owner, id);
            return answer(204);
        default:
            throw new Refusal(405, `${request.method} is not for ${request.uri}`, { allow: id ? 'GET, PUT, DELETE' : 'GET, POST' });
    }
}

/** The body of the request, checked. */
function read({ body }) {
    if (body.inputTruncated)
        throw new Refusal(413, 'the body is too long');
    let note;
    try {
        note = JSON.parse(Buffer.from(body.data, 'base64'));
    } catch {
        throw new Refusal(400, 'the body is not JSON');
    }
    if (typeof note?.text !== 'string' || note.text === '' || note.text.length > 1000)
        throw new Refusal(400, 'text must have 1 to 1000 characters');
    if (note.id !== undefined && !/^[A-Za-z0-9-]{1,64}$/.test(note.id))
        throw new Refusal(400, 'id must have 1 to 64 letters, digits or hyphens');
    return note;
}

function answer(status, body, more = {}) {
    const headers = { 'cache-control': 'no-store', 'access-control-allow-origin': '*', ...more };
    if (body)
        headers['content-type'] = 'application/json';
    return {
        status: String(status),
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [{ value }]])),
        ...body && { body: `${JSON.stringify(body)}\n` },
    };
}
