// Lazy quantifiers that try all ways; ends: over-compute or throws InternalError
function handler(event) {
    return /^(.*?,){20}P/.test("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30")
}
