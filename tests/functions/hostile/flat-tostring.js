// Object nesting printed by console.log; ends: returns
function handler(event) {
    var o = {};
    for (var i = 0; i < 5000; i++) o = { o };
    console.log(o);
    return event.request
}
