// A result with a list that claims a length; ends: invalid or over-compute or over-memory
function handler(event) {
    return { statusCode: 200, headers: { a: { value: 'x', multiValue: { length: 1e9 } } } }
}
