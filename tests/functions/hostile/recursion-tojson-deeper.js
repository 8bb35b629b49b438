// toJSON that always gives a new object; ends: throws RangeError or throws TypeError
function handler(event) {
    function make() { return { a: { toJSON: make } } }
    return JSON.stringify(make())
}
