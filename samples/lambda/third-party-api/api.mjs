// Stands for the outside API: node api.mjs [PORT]. POST /behave/WORD: well (default), slow (never answers), badly (500), strangely (not JSON).
import { createServer } from 'node:http';

const rates = { EUR: 0.931, GBP: 0.802 };
let manner = 'well';

const server = createServer((request, reply) => {
    const behave = /^\/behave\/(well|slow|badly|strangely)$/.exec(request.url)?.[1];
    if (behave) {
        manner = behave;
        return reply.end(`${manner}\n`);
    }
    switch (manner) {
        case 'slow':
            return;
        case 'badly':
            reply.statusCode = 500;
            return reply.end();
        case 'strangely':
            return reply.end('<h1>Welcome</h1>\n');
        default:
            return reply.end(JSON.stringify({ rate: rates[request.url.slice(1)] }));
    }
});
server.listen(Number(process.argv[2] ?? 9600), '127.0.0.1', () => console.log(`Rates: http://127.0.0.1:${server.address().port}`));
