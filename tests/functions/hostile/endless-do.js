// An endless do loop with a label; ends: over-compute
function handler(event) {
    outer: do { do { continue outer } while (1) } while (1)
}
