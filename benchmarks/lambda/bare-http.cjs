'use strict';
// What Node.js itself costs: its own HTTP server, the event as the body of a POST, the same JSON work as ./node. Argument: the port.
const http = require('http');
http.createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const changed = JSON.parse(Buffer.concat(pieces)).Records[0].cf.request;
    changed.headers['x-fn'] = [{ key: 'X-Fn', value: '1' }];
    const text = JSON.stringify(changed);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
