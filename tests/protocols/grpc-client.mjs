// grpc-client.mjs NODE_MODULES-FOLDER HOST:PORT AUTHORITY.PEM. Prints what it saw as JSON.
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { grpc, service } from './grpc-service.mjs';

const [target, authority] = process.argv.slice(3);
const Client = grpc.makeClientConstructor(service, 'brink.Test');
const client = new Client(target, grpc.credentials.createSsl(readFileSync(authority)));
const seen = {};

const metadata = new grpc.Metadata();
metadata.set('x-user', 'me');
metadata.set('x-user-bin', Buffer.from([0, 1, 254]));
await new Promise((resolve, reject) => {
  const call = client.unary('hello', metadata, (error, answer) => (error ? reject(error) : (seen.unary = answer)));
  call.on('metadata', (head) => { seen.head = head.get('x-head')[0]; });
  call.on('status', (status) => {
    seen.status = status.code;
    seen.tail = `${status.metadata.get('x-tail')[0]} ${status.metadata.get('x-tail-bin')[0].toString('hex')}`;
    resolve();
  });
});

await new Promise((resolve, reject) => {
  const call = client.collect((error, answer) => (error ? reject(error) : resolve((seen.collected = answer.length))));
  for (let i = 0; i < 200; i++) call.write('x'.repeat(5000));
  call.end();
});

seen.counted = 0;
for await (const text of client.count('500')) if (Number(text) === seen.counted + 1) seen.counted++;

const talk = client.talk();
seen.talk = [];
for (const text of ['one', 'two', 'three']) {
  const answer = once(talk, 'data');
  talk.write(text);
  seen.talk.push((await answer)[0]);
}
talk.end();
await once(talk, 'status').then(([status]) => { seen.talkStatus = status.code; });

const failed = (start) => new Promise((resolve) => start((error) => resolve(`${error.code} ${error.details}`)));
seen.failed = await failed((done) => client.fail('x', done));
seen.deadline = (await failed((done) => client.wait('x', { deadline: Date.now() + 500 }, done))).split(' ')[0];

const cancelled = client.talk();
cancelled.on('error', () => {});
cancelled.write('x');
await once(cancelled, 'data');
const status = new Promise((resolve) => cancelled.on('status', resolve));
cancelled.cancel();
seen.cancelled = (await status).code;

// One connection carries all of them at once.
seen.many = (await Promise.all(Array.from({ length: 50 }, (_, i) => new Promise((resolve) => client.unary(`${i}`, metadata, (error) => resolve(error ? 0 : 1)))))).reduce((a, b) => a + b);
console.log(JSON.stringify(seen));
client.close();
