// An endless loop that catches what it throws; ends: over-compute
function handler(event) {
    while (true) try { throw 1 } catch (e) {} finally { continue }
}
