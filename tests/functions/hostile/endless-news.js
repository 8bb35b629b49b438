// An object made and dropped in each round; ends: over-memory
function handler(event) {
    function P() { this.a = 1 }
    for (;;) new P()
}
