// The ws package as a server: websocket-server.mjs NODE_MODULES-FOLDER [KEY.PEM CERTIFICATE.PEM]. Prints its URL.
// /echo sends every message back; /refused answers the handshake with 403; / is a page whose script speaks WebSocket, and /wait answers once it has.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const [folder, key, certificate] = process.argv.slice(2);
const { WebSocketServer } = createRequire(`${folder}/`)('ws');

const page = `<!doctype html><title>page</title><p id="seen">nothing</p><script>
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/echo', 'chat');
  socket.onopen = () => socket.send('from the page');
  socket.onmessage = ({ data }) => document.getElementById('seen').textContent = 'seen: ' + data + ' by ' + socket.protocol + '.';
  socket.onerror = () => document.getElementById('seen').textContent = 'seen: an error.';
</script><script src="/wait"></script>`;

let spoke;
const spoken = new Promise((resolve) => { spoke = resolve; });
const answer = async (request, response) => {
  if (request.url === '/wait') await spoken;
  response.setHeader('Content-Type', request.url === '/' ? 'text/html' : 'text/javascript');
  response.end(request.url === '/' ? page : '');
};
const server = key ? https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, answer) : http.createServer(answer);
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true, maxPayload: 64 * 1024 * 1024 });
server.on('upgrade', (request, socket, head) => {
  if (request.url === '/refused') {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\nConnection: close\r\n\r\nno!!!');
    return;
  }
  sockets.handleUpgrade(request, socket, head, (peer) => {
    peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }, () => setTimeout(spoke, 200)));
    peer.on('error', () => {});
    peer.on('close', (code, reason) => console.log(`closed ${code} ${reason}`));
  });
});
server.listen(0, '127.0.0.1', () => console.log(`${key ? 'https' : 'http'}://localhost:${server.address().port}`));
