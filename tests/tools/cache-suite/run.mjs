// run.mjs SUITE URL [ID...]: runs the tests of the public suite for HTTP caches that are in the folder SUITE against URL, all or those with these ids, and prints
// one object: for each id its kind (required, optimal, check) and what went wrong, null for nothing.
const [suite, url, ...ids] = process.argv.slice(2)
const { default: groups } = await import(`${suite}/tests/index.mjs`)
const { runTests, getResults } = await import(`${suite}/test-engine/client/runner.mjs`)

const chosen = groups
  .map(group => ({ ...group, tests: group.tests.filter(test => test.browser_only !== true && (ids.length === 0 || ids.includes(test.id))) }))
await runTests(chosen, false, url)

const results = getResults()
const said = {}
for (const { id, kind } of chosen.flatMap(group => group.tests)) {
  const result = results[id]
  said[id] = { kind: kind ?? 'required', problem: result === true ? null : Array.isArray(result) ? result.join(': ') : 'it did not run' }
}
console.log(JSON.stringify(said))
