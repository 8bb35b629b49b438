// console.log for ever; ends: over-compute or over-memory
function handler(event) {
    for (;;) console.log('x'.repeat(1000))
}
