// A replacer that always gives a deeper object; ends: throws TypeError or throws RangeError
function handler(event) {
    return JSON.stringify({ a: 1 }, (k, v) => ({ a: v }))
}
