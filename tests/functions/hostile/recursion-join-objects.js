// join over objects that join; ends: throws RangeError
function handler(event) {
    var a = [{ toString() { return a.join() } }];
    return a.join()
}
