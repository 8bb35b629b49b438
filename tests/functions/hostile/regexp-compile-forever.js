// Regular expressions compiled from ever other texts; ends: over-compute or over-memory
function handler(event) {
    for (var i = 0; ; i++) new RegExp("(a|b)*[c-x]{2," + (i % 50 + 3) + "}" + i)
}
