// Replacement patterns that multiply the text; ends: over-memory
function handler(event) {
    var s = 'ab';
    for (;;) s = s.replace(/b/, "$`$`$&$'") + 'b'
}
