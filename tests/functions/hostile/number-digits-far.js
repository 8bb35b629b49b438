// a hundred digits of the smallest number for ever; ends: over-compute or over-memory
function handler(event) {
    for (;;) (5e-324).toPrecision(100)
}
