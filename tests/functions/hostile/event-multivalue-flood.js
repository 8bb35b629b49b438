// A multiValue of a hundred thousand; ends: invalid or over-compute or over-memory
function handler(event) {
    var all = [];
    for (var i = 0; i < 100000; i++) all.push({ value: 'x' });
    event.request.headers.a = { value: 'x', multiValue: all };
    return event.request
}
