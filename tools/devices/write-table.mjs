// Prints the table of tablets, src/Brink.Edge/Devices/tablets.txt, from the rules of npm's mobile-detect:
//
//     node write-table.mjs FOLDER > ../../src/Brink.Edge/Devices/tablets.txt
//
// FOLDER holds the node_modules of the package-lock.json beside this script (tests/tools/npm-ci prints it).
//
// The package's rules are regular expressions, mostly lists of model codes. What they spell out becomes lines of the table; what needs an expression
// (a distance between words, a count without end, what must not follow) is left out, and so are texts that are too short to mean one device.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = join(process.argv[2], 'node_modules', 'mobile-detect');
const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
const rules = createRequire(import.meta.url)(folder)._impl.mobileDetectRules.tablets;

const shortestPrefix = 5;
const shortestWord = 4;
const mostSpellings = 200;

// What a regular expression spells out, with whether a text must be a whole word; null for an alternative that needs an expression.
function spell(source) {
  let at = 0;

  function alternatives() {
    const all = [];
    do {
      all.push(...(sequence() ?? []));
    } while (source[at] === '|' && ++at);
    return all;
  }

  function sequence() {
    let texts = [{ text: '', word: false }];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const part = atom();
      const count = quantifier();
      if (texts === null)
        continue;
      if (part.anything && count === '*') {
        // Whatever stood before is said elsewhere in the User-Agent; that it is an Android is asked of all.
        texts = texts.every(each => each.text === 'Android') ? [{ text: '', word: false }] : null;
        continue;
      }
      if (part.texts === undefined || count === '*' || (count === '+' && !part.blank)) {
        texts = null;
        continue;
      }
      const options = count === '?' ? [...part.texts, { text: '', word: false }] : part.texts;
      texts = texts.flatMap(one => options.map(two => ({ text: one.text + two.text, word: one.word || two.word })));
      if (texts.length > mostSpellings)
        texts = null;
    }
    return texts;
  }

  function atom() {
    const character = source[at++];
    switch (character) {
      case '(': {
        const isLook = source.startsWith('?!', at) || source.startsWith('?=', at);
        if (source.startsWith('?', at))
          at += 2;
        const texts = alternatives();
        at++;
        return isLook ? {} : { texts };
      }
      case '[': {
        const end = source.indexOf(']', at);
        const inside = source.slice(at, end);
        at = end + 1;
        if (inside === '\\s' || inside === ' ')
          return { texts: [{ text: ' ', word: false }], blank: true };
        return /^\^|[\\]|\w-\w/.test(inside) ? {} : { texts: [...inside].map(text => ({ text, word: false })) };
      }
      case '\\': {
        const escaped = source[at++];
        if (escaped === 'b')
          return { texts: [{ text: '', word: true }] };
        if (escaped === 's')
          return { texts: [{ text: ' ', word: false }], blank: true };
        return /[a-z]/i.test(escaped) ? {} : { texts: [{ text: escaped, word: false }] };
      }
      case '.': return { anything: true, texts: [{ text: '.', word: false }] };
      case '^': case '$': return {};
      default: return { texts: [{ text: character, word: false }] };
    }
  }

  function quantifier() {
    return '*+?'.includes(source[at] ?? '-') ? source[at++] : '';
  }

  return alternatives();
}

const prefixes = new Set(), words = new Set();
for (const rule of Object.values(rules)) {
  const source = typeof rule === 'string' ? rule : rule.source;
  for (const { text, word } of spell(source)) {
    const model = text.replace(/^[; ]+/, '').trimEnd().toUpperCase();
    // A code has a figure in it; a name is longer.
    const says = /[A-Z]/.test(model) && (/\d/.test(model) || model.length > shortestPrefix);
    if (says && word && model.length >= shortestWord && /^[A-Z0-9_-]+$/.test(model))
      words.add(model);
    else if (says && !word && model.length >= shortestPrefix)
      prefixes.add(model);
  }
}

// A line says nothing more where a shorter one begins it.
const begins = text => [...prefixes].some(other => other.length < text.length && text.startsWith(other));
const lines = [...prefixes].filter(text => !begins(text)).concat([...words].filter(text => !prefixes.has(text) && !begins(text)).map(text => text + '$'));

process.stdout.write(`# Models of Android tablets: how their names begin, and with a $ whole words. Written by tools/devices/write-table.mjs.
# From mobile-detect ${version} (https://github.com/hgoebl/mobile-detect.js), Copyright (c) 2013 Heinrich Goebl, MIT License: see THIRD-PARTY-NOTICES.md.
${lines.sort().join('\n')}
`);
