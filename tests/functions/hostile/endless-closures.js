// A closure in each round of an endless loop; ends: over-compute or over-memory
function handler(event) {
    for (let i = 0; ; i++) { let f = () => i; f() }
}
