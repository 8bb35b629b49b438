// An endless loop before the handler is called; ends: over-compute
for (;;) {}
function handler(event) { return event.request }
