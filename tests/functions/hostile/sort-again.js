// Sorts texts that differ at their ends; ends: over-compute
async function handler(event) {
    var a = []; for (var i = 0; i < 500; i++) a.push('x'.repeat(200) + (i * 7919 % 500)); for (;;) a.slice().sort();
    return event.request;
}
