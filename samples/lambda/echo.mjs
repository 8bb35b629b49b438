// An origin that answers with what it was asked: node echo.mjs [PORT]
import { createServer } from 'node:http';

const server = createServer((request, reply) => {
    const { method, url, headers } = request;
    reply.setHeader('Content-Type', 'text/plain');
    reply.write(`${method} ${url}\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`).join('')}\n`);
    request.pipe(reply);
});
server.listen(Number(process.argv[2] ?? 3000), '127.0.0.1', () => console.log(`Echo: http://127.0.0.1:${server.address().port}`));
