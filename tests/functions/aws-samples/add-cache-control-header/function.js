// Browsers may keep a good answer for two years.
function handler(event) {
    var answer = event.response;
    var isGood = answer.statusCode > 199 && answer.statusCode < 400;
    if (isGood)
        answer.headers['cache-control'] = { value: 'public, max-age=63072000;' };
    return answer;
}
