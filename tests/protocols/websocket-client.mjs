// The ws package as a client: websocket-client.mjs NODE_MODULES-FOLDER URL. Prints what it saw as JSON.
import { createRequire } from 'node:module';
import { once } from 'node:events';
import crypto from 'node:crypto';

const [folder, url] = process.argv.slice(2);
const WebSocket = createRequire(`${folder}/`)('ws');
const options = { rejectUnauthorized: false, perMessageDeflate: true, maxPayload: 64 * 1024 * 1024 };
const seen = {};

const socket = new WebSocket(`${url}/echo`, ['chat', 'other'], options);
socket.on('upgrade', (response) => { seen.xCache = response.headers['x-cache']; });
await once(socket, 'open');
seen.protocol = socket.protocol;
seen.extensions = socket.extensions;
const echoed = async (data) => {
  const answer = once(socket, 'message');
  socket.send(data);
  const [received, isBinary] = await answer;
  return received.equals(Buffer.from(data)) && isBinary === (typeof data !== 'string');
};
seen.text = await echoed('hello');
seen.sizes = [];
for (const size of [0, 1, 125, 126, 65535, 65536, 1000000, 20000000]) seen.sizes.push(await echoed(crypto.randomBytes(size)));
socket.ping('are you there');
[seen.pong] = (await once(socket, 'pong')).map(String);
socket.close(4000, 'enough');
const [code, reason] = await once(socket, 'close');
seen.close = `${code} ${reason}`;

const refused = new WebSocket(`${url}/refused`, options);
const [, response] = await once(refused, 'unexpected-response');
seen.refused = response.statusCode;
refused.on('error', () => {});
refused.terminate();
console.log(JSON.stringify(seen));
process.exit(0);
