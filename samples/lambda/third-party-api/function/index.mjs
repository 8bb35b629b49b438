// Origin request: /rate/EUR is what an outside API says, kept in the cache. The API gets little time; without it there is an older rate, and the answer says so.
import { readFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url)));
const { api, timeoutMilliseconds } = read('config.json');
const shipped = read('rates.json');
const kept = new Map();   // what the API said last, for as long as this environment lives

// The first fetch loads the client, which takes longer than an answer may: better now, while the environment starts.
await fetch('data:,');

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const currency = /^\/rate\/([A-Z]{3})$/.exec(request.uri)?.[1];
    if (!currency)
        return request;
    try {
        const rate = await ask(currency);
        kept.set(currency, rate);
        return answer(200, { currency, rate, source: 'live' }, 60);
    } catch (error) {
        console.warn(`the rate of ${currency}: ${error.message}`);
        const [rate, source] = kept.has(currency) ? [kept.get(currency), 'kept'] : [shipped[currency], 'shipped'];
        // Not for long: the API may be back soon.
        return rate === undefined ? answer(503, { error: `no rate of ${currency}` }, 5) : answer(200, { currency, rate, source }, 5);
    }
};

async function ask(currency) {
    // One limit for all of it: name, connection, head and body.
    const reply = await fetch(`${api}/${currency}`, { signal: AbortSignal.timeout(timeoutMilliseconds) });
    if (!reply.ok)
        throw new Error(`the API answered ${reply.status}`);
    const { rate } = await reply.json();
    if (!(rate > 0))
        throw new Error('the API answered without a rate');
    return rate;
}

const answer = (status, body, seconds) => ({
    status: String(status),
    headers: {
        'content-type': [{ value: 'application/json' }], 'cache-control': [{ value: `max-age=${seconds}` }],
        ...body.source && { 'x-rate-source': [{ value: body.source }] },
    },
    body: `${JSON.stringify(body)}\n`,
});
