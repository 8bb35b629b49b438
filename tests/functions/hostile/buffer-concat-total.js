// Buffer.concat with a total of a billion; ends: over-memory or throws RangeError
function handler(event) {
    return Buffer.concat([Buffer.from("a")], 1e9)
}
