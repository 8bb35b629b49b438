using System.Globalization;
using System.Net;
using System.Text;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Functions.JavaScript;

namespace Brink.Tests.Edge;

/// <summary>
/// Messages, buffers, realms and outputs are used again from request to request: whatever happens to one viewer, none sees a word of another's request.
/// </summary>
public sealed class NothingMixesTests
{
    private const int Viewers = 12;
    private const int Requests = 40;

    /// <summary>Carries the viewer's word through both events, in headers, cookies and the query.</summary>
    private const string Code = """
        function handler(event) {
            var request = event.request, who = request.headers['x-who'].value;
            if (event.response) {
                event.response.headers['x-back'] = { value: who + ' ' + request.cookies.who.value + ' ' + request.querystring.who.value };
                return event.response;
            }
            request.headers['x-function'] = { value: who + '-seen' };
            request.cookies.second = { value: who };
            return request;
        }
        """;

    private static JavaScriptFunction Function() => JavaScriptFunction.Compile(
        new FunctionSource { Name = "own", Code = Encoding.UTF8.GetBytes(Code) }, FunctionLimits.Default, TimeProvider.System);

    /// <summary>Answers with all that the edge told it about the viewer, and complains when that is of two.</summary>
    private static ScriptedOrigin Echo(List<string> mixed) => new ScriptedOrigin().Script(async conversation =>
    {
        var request = conversation.Request;
        var who = request["X-Who"]!;
        if (request["X-Function"] != who + "-seen" || request["Cookie"] != $"second={who}; who={who}" || !request.Target.EndsWith($"?who={who}", StringComparison.Ordinal)
            || (request.Method == "POST" ? request.Body != Body(who) : request.Body.Length > 0))
        {
            lock (mixed)
                mixed.Add($"{request.Line}: {string.Join("; ", request.Headers)}: {request.Body}");
        }
        await conversation.SayAsync($"HTTP/1.1 200 OK\r\nX-Echo: {who}\r\nSet-Cookie: echo={who}\r\nContent-Length: {who.Length + request.Body.Length}\r\n\r\n{who}{request.Body}");
    });

    /// <summary>Of very different lengths, so that one would show beyond the end of another.</summary>
    private static string Body(string who) => string.Concat(Enumerable.Repeat(who + ".", 1 + 300 * (who[^1] % 7)));

    [Theory]
    [InlineData(EdgeScheduling.Inline)]
    [InlineData(EdgeScheduling.ThreadPool)]
    public async Task ManyViewersAtOnce_SeeOnlyTheirOwn(EdgeScheduling scheduling)
    {
        var mixed = new List<string>();
        await using var origin = Echo(mixed);
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), viewerRequest: Function(), viewerResponse: Function(), options: options => options with { Scheduling = scheduling });

        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, Viewers).Select(viewer => KeepAliveViewerAsync(edge.Port, $"one{viewer}"))),
            Task.WhenAll(Enumerable.Range(0, Viewers).Select(viewer => PipeliningViewerAsync(edge.Port, $"pipe{viewer}"))),
            Task.WhenAll(Enumerable.Range(0, 3).Select(viewer => Http2ViewerAsync(edge.Port, $"two{viewer}"))),
            Task.WhenAll(Enumerable.Range(0, 4).Select(viewer => VanishingViewerAsync(edge.Port, $"gone{viewer}"))));

        Assert.Empty(mixed);
        Assert.Empty(edge.Log.Faults);
    }

    private static string Request(string who, bool post) => post
        ? $"POST /p?who={who} HTTP/1.1\r\nHost: test\r\nX-Who: {who}\r\nCookie: who={who}\r\nContent-Length: {Body(who).Length}\r\n\r\n{Body(who)}"
        : $"GET /{who}?who={who} HTTP/1.1\r\nHost: test\r\nX-Who: {who}\r\nCookie: who={who}\r\n\r\n";

    private static void AssertOwn(string who, bool post, int status, string? echo, string? back, IEnumerable<string> cookies, string text)
    {
        Assert.Equal(200, status);
        Assert.Equal(who, echo);
        Assert.Equal($"{who} {who} {who}", back);
        Assert.Equal([$"echo={who}"], cookies);
        Assert.Equal(post ? who + Body(who) : who, text);
    }

    private static async Task KeepAliveViewerAsync(int port, string name)
    {
        using var viewer = await RawViewer.ConnectAsync(port);
        for (var i = 0; i < Requests; i++)
        {
            var (who, post) = (Who(name, i), i % 3 == 0);
            await viewer.SendAsync(Request(who, post));
            var response = await viewer.ReceiveAsync();
            AssertOwn(who, post, response.Status, response["X-Echo"], response["X-Back"], response.All("Set-Cookie"), response.Text);
        }
    }

    private static async Task PipeliningViewerAsync(int port, string name)
    {
        using var viewer = await RawViewer.ConnectAsync(port);
        await viewer.SendAsync(string.Concat(Enumerable.Range(0, Requests).Select(i => Request(Who(name, i), i % 5 == 0))));
        for (var i = 0; i < Requests; i++)
        {
            var response = await viewer.ReceiveAsync();
            AssertOwn(Who(name, i), i % 5 == 0, response.Status, response["X-Echo"], response["X-Back"], response.All("Set-Cookie"), response.Text);
        }
    }

    private static async Task Http2ViewerAsync(int port, string name)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(async i =>
        {
            var (who, post) = (Who(name, i), i % 2 == 0);
            using var request = new HttpRequestMessage(post ? HttpMethod.Post : HttpMethod.Get, $"/p?who={who}") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.Add("X-Who", who);
            request.Headers.Add("Cookie", "who=" + who);
            if (post)
                request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(Body(who)));
            using var response = await client.SendAsync(request);
            string? First(string header) => response.Headers.TryGetValues(header, out var values) ? values.Single() : null;
            AssertOwn(who, post, (int)response.StatusCode, First("X-Echo"), First("X-Back"), response.Headers.GetValues("Set-Cookie"), await response.Content.ReadAsStringAsync());
        }));
    }

    /// <summary>Goes away at every stage: within a head, within a body, before the answer, within it.</summary>
    private static async Task VanishingViewerAsync(int port, string name)
    {
        for (var i = 0; i < Requests; i++)
        {
            var viewer = await RawViewer.ConnectAsync(port);
            var request = Request(Who(name, i), post: i % 2 == 0);
            await viewer.SendAsync(i % 4 < 2 ? request[..(request.Length * (1 + i % 7) / 8)] : request + Request(Who(name, i), post: false));
            if (i % 4 == 3)
                await viewer.ReadBytesAsync(20);
            viewer.Vanish();
        }
    }

    private static string Who(string name, int i) => string.Create(CultureInfo.InvariantCulture, $"{name}r{i}");
}
