// node read.mjs NODE_MODULES-FOLDER web|kinesis < LOG: the entries of a log as JSON, as npm's cloudfront-log-parser reads them.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const parser = createRequire(process.argv[2] + '/')('cloudfront-log-parser');
process.stdout.write(JSON.stringify(parser.parse(readFileSync(0, 'latin1'), { format: process.argv[3] })));
