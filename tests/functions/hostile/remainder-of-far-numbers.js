// Remainders of numbers far apart; ends: over-compute
async function handler(event) {
    for (;;) 1.7e308 % 3e-300;
    return event.request;
}
