// A region: a server that speaks S3, with one bucket that has every file of a folder, and region.txt beside them.
//   node start.mjs REGION BUCKET PORT FOLDER
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import S3rver from 's3rver';

const [region, bucket, port, folder] = process.argv.slice(2);
const directory = mkdtempSync(path.join(tmpdir(), 'brink-sample-'));
const server = new S3rver({ address: '127.0.0.1', port: Number(port), silent: true, configureBuckets: [{ name: bucket }], directory });
const { port: bound } = await server.run();

const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const objects = files.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)).map((file) => [path.relative(folder, file), readFileSync(file)]);
for (const [key, body] of [...objects, ['region.txt', `${region}\n`]]) {
  const type = key.endsWith('.html') ? 'text/html' : key.endsWith('.txt') ? 'text/plain' : 'application/octet-stream';
  const put = await fetch(`http://127.0.0.1:${bound}/${bucket}/${key}`, { method: 'PUT', body, headers: { 'content-type': type } });
  if (!put.ok)
    throw new Error(`${key}: ${put.status} ${await put.text()}`);
}
console.log(`${region}: ${bucket} with ${objects.length + 1} objects at http://127.0.0.1:${bound}`);

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(0);
  });
