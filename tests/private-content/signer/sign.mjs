// Signs with AWS's own package. Reads one JSON object from standard input, writes the result to standard output:
// { "as": "url" or "cookies", "privateKey": PEM, ...what getSignedUrl and getSignedCookies take }.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

// The package lies where npm-ci put it: the folder is the first argument.
const require = createRequire(join(process.argv[2], "node_modules", "x.js"));
const { getSignedUrl, getSignedCookies } = require("@aws-sdk/cloudfront-signer");

const { as, ...options } = JSON.parse(readFileSync(0, "utf8"));
if (as === "url")
  process.stdout.write(getSignedUrl(options));
else
  process.stdout.write(Object.entries(getSignedCookies(options)).map(([name, value]) => `${name}=${value}`).join("; "));
