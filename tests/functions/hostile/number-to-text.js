// Numbers to text for ever; ends: over-compute or over-memory
function handler(event) {
    for (var i = 1; ; i++) (i / 7 * 1e300).toString(36)
}
