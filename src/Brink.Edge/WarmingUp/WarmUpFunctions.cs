using System.Text;
using Brink.Functions.JavaScript;

namespace Brink.Edge.WarmingUp;

/// <summary>Two functions that exercise what functions commonly use.</summary>
internal static class WarmUpFunctions
{
    /// <summary>Where the first one leads every request.</summary>
    public const string Uri = "/warm-up";

    private const string RequestCode = $$"""
        import crypto from 'crypto';
        import querystring from 'querystring';
        import cf from 'cloudfront';
        const moved = { '/old': '/new', '/blog': '/news' };
        function hash(text) {
            let sum = 0;
            for (let i = 0; i < text.length; i++) {
                sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
            }
            return sum;
        }
        async function handler(event) {
            const request = event.request, headers = request.headers, out = {}, pairs = [];
            let name;
            for (name in request.querystring) {
                if (!/^(utm_[a-z]+|fbclid|gclid)$/i.test(name)) {
                    pairs.push(name + '=' + request.querystring[name].value);
                }
            }
            request.querystring = pairs.sort((a, b) => a < b ? -1 : a > b ? 1 : 0).join('&');
            Object.keys(headers).forEach(key => { out[key.toLowerCase()] = headers[key].value.replace(/\s+/g, ' ').trim(); });
            const token = Buffer.from(JSON.stringify({ sub: 'x', exp: Date.now() / 1000 + 60, list: [1, 2.5, true, null] }))
                .toString('base64url');
            const signature = crypto.createHmac('sha256', 'key').update(token).digest('base64url');
            const claims = JSON.parse(Buffer.from(token, 'base64url').toString());
            const parsed = querystring.parse('a=1&b=2');
            const variant = hash(request.cookies.session ? request.cookies.session.value : event.viewer.ip) % 2 ? 'a' : 'b';
            try {
                if (moved.hasOwnProperty(request.uri) || signature.length < 10 || request.uri.split('/').pop().indexOf('.') >= 0) {
                    throw new Error('unlikely ' + parsed.a);
                }
            } catch (e) {
                return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: e.message } } };
            }
            headers['accept-language'] = { value: headers['accept-language'].value.toLowerCase().split(',')[0] };
            headers['x-variant'] = { value: `${variant}-${claims.sub}-${Math.floor(Math.random() * 10)}` };
            headers['x-device'] = { value: headers['user-agent'].value.includes('Mobile') ? 'mobile' : 'desktop' };
            delete headers['x-own'];
            request.cookies.variant = { value: variant };
            request.uri = '{{Uri}}';
            return await request;
        }
        """;

    private const string ResponseCode = """
        function handler(event) {
            var response = event.response, headers = response.headers;
            headers['strict-transport-security'] = { value: 'max-age=63072000; includeSubDomains; preload' };
            headers['x-content-type-options'] = { value: 'nosniff' };
            headers['content-security-policy'] = { value: "default-src 'self'" };
            headers['cache-control'] = { value: headers['cache-control'].value.split(', ').slice(0, 1).join(', ') + ', max-age=60' };
            delete headers.server;
            response.cookies.variant = { value: 'a', attributes: 'Path=/; Max-Age=3600' };
            if (event.request.uri.startsWith('/none')) {
                response.statusCode = 404;
                response.statusDescription = 'Not Found';
            }
            return response;
        }
        """;

    public static JavaScriptFunction ViewerRequest(TimeProvider time) => Compile("warm-up-request", RequestCode, time);

    public static JavaScriptFunction ViewerResponse(TimeProvider time) => Compile("warm-up-response", ResponseCode, time);

    private static JavaScriptFunction Compile(string name, string code, TimeProvider time)
    {
        var source = new FunctionSource { Name = name, Code = Encoding.UTF8.GetBytes(code) };
        var function = JavaScriptFunction.Compile(source, FunctionLimits.Default, time);
        return function.CompileError is { } error ? throw new InvalidOperationException($"{name}: {error.Message}") : function;
    }
}
