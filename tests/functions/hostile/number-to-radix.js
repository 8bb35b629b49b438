// the smallest number in base two, a thousand digits, for ever; ends: over-compute or over-memory
function handler(event) {
    for (;;) (5e-324).toString(2)
}
