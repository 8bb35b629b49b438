// grpc-server.mjs NODE_MODULES-FOLDER KEY.PEM CERTIFICATE.PEM. Prints its URL, and a line for each call that the client gave up.
import { readFileSync } from 'node:fs';
import { grpc, service } from './grpc-service.mjs';

const server = new grpc.Server();
server.addService(service, {
  unary: (call, answer) => {
    const trailers = new grpc.Metadata();
    trailers.set('x-tail', 'behind');
    trailers.set('x-tail-bin', Buffer.from([0, 255]));
    const head = new grpc.Metadata();
    head.set('x-head', 'before');
    call.sendMetadata(head);
    answer(null, `${call.request} for ${call.metadata.get('x-user')} ${call.metadata.get('x-user-bin').map((bytes) => bytes.toString('hex'))}`, trailers);
  },
  collect: (call, answer) => {
    let all = '';
    call.on('data', (text) => { all += text; });
    call.on('end', () => answer(null, all));
  },
  count: (call) => {
    for (let i = 1; i <= Number(call.request); i++) call.write(`${i}`);
    call.end();
  },
  talk: (call) => {
    call.on('data', (text) => call.write(`${text}!`));
    call.on('end', () => call.end());
    call.on('error', () => {});
    call.on('cancelled', () => console.log('cancelled talk'));
  },
  fail: (call, answer) => answer({ code: grpc.status.NOT_FOUND, details: 'no such thing: ü' }),
  wait: (call) => call.on('cancelled', () => console.log('cancelled wait')),
});
const credentials = grpc.ServerCredentials.createSsl(null, [{ private_key: readFileSync(process.argv[3]), cert_chain: readFileSync(process.argv[4]) }]);
server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
  if (error) throw error;
  console.log(`https://localhost:${port}`);
});
