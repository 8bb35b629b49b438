using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>samples/lambda/dynamodb-api with the AWS SDK from npm, against a DynamoDB-compatible server from npm.</summary>
public sealed class DynamoDbApiTests : IAsyncLifetime
{
    private readonly SampleCopy _sample = new("dynamodb-api");
    private LocalServer _database = null!;
    private BrinkDev _brink = null!;

    public async ValueTask InitializeAsync()
    {
        await _sample.InstallAsync("function");
        await _sample.InstallAsync("database");
        _database = LocalServer.Node(_sample["database/start.mjs"], "0");
        _sample.Configure("function/config.json", ("endpoint", _database.Url));
        _brink = BrinkDev.Start("--distribution", _sample["distribution.json"], "--lambda", $"dynamodb-api={_sample["function"]}");
    }

    public async ValueTask DisposeAsync()
    {
        await _brink.DisposeAsync();
        await _database.DisposeAsync();
        _sample.Dispose();
    }

    [Fact]
    public async Task Notes_AreWrittenReadReplacedAndDeleted_ByTheirOwnerOnly()
    {
        var (ann, bob) = (await TokenAsync("ann", "notes:read", "notes:write"), await TokenAsync("bob", "notes:read", "notes:write"));

        var created = await SendAsync("POST", "/notes", ann, """{ "id": "shopping", "text": "milk – 2 l" }""");
        Assert.Equal((HttpStatusCode.Created, "/notes/shopping", "LambdaGeneratedResponse from cloudfront"), (created.StatusCode, created.Header("Location"), created.Header("X-Cache")));
        Assert.Equal((HttpStatusCode.Conflict, "there is a note shopping already"), await ErrorAsync("POST", "/notes", ann, """{ "id": "shopping", "text": "again" }"""));

        await ExpectAsync("""{"id":"shopping","text":"milk – 2 l","version":1}""", "GET", "/notes/shopping", ann);
        await ExpectAsync("""{"id":"shopping","text":"bread","version":2}""", "PUT", "/notes/shopping", ann, """{ "text": "bread", "version": 1 }""");
        Assert.Equal((HttpStatusCode.Conflict, "the note shopping has version 2 by now"), await ErrorAsync("PUT", "/notes/shopping", ann, """{ "text": "eggs", "version": 1 }"""));
        await ExpectAsync("""{"notes":[{"id":"shopping","text":"bread","version":2}]}""", "GET", "/notes", ann);

        Assert.Equal((HttpStatusCode.NotFound, "there is no note shopping"), await ErrorAsync("GET", "/notes/shopping", bob));
        Assert.Equal((HttpStatusCode.NotFound, "there is no note shopping"), await ErrorAsync("PUT", "/notes/shopping", bob, """{ "text": "eggs", "version": 2 }"""));
        await ExpectAsync("""{"notes":[]}""", "GET", "/notes", bob);

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync("DELETE", "/notes/shopping", ann)).StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, "there is no note shopping"), await ErrorAsync("DELETE", "/notes/shopping", ann));

        var named = await SendAsync("POST", "/notes", ann, """{ "text": "without a name" }""");
        await ExpectAsync(await named.TextAsync(), "GET", named.Header("Location")!, ann);
    }

    [Fact]
    public async Task WhoHasNoToken_OrOneThatIsWrong_Gets401_AndWhoMayNot403()
    {
        var (hour, past) = (TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds(), TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds());
        foreach (var (reason, token) in new[]
        {
            ("a Bearer token is missing", null),
            ("a Bearer token is missing", "nonsense"),
            ("the signature does not fit", Sign("HS256", "another secret", Claims("ann", hour))),
            ("the token is not signed with HS256", Sign("none", Secret, Claims("ann", hour))),
            ("the token was made for something else", Sign("HS256", Secret, Claims("ann", hour, "https://elsewhere.example"))),
            ("the token has expired", Sign("HS256", Secret, Claims("ann", past))),
            ("the token has expired", Sign("HS256", Secret, Claims("ann", null))),
        })
        {
            var refused = await SendAsync("GET", "/notes", token);
            Assert.Equal(("Bearer realm=\"notes\"", "*"), (refused.Header("WWW-Authenticate"), refused.Header("Access-Control-Allow-Origin")));
            Assert.Equal((HttpStatusCode.Unauthorized, reason), await ErrorOfAsync(refused));
        }

        var reader = await TokenAsync("ann", "notes:read");
        Assert.Equal((HttpStatusCode.Forbidden, "the token does not allow notes:write"), await ErrorAsync("POST", "/notes", reader, """{ "text": "milk" }"""));
        Assert.Equal((HttpStatusCode.Forbidden, "the token does not allow notes:read"), await ErrorAsync("GET", "/notes", await TokenAsync("ann")));
    }

    [Fact]
    public async Task WhatMakesNoSense_IsRefusedWithAReason()
    {
        var token = await TokenAsync("ann", "notes:read", "notes:write");
        foreach (var (status, reason, method, target, body) in new[]
        {
            (400, "the body is not JSON", "POST", "/notes", "text=milk"),
            (400, "text must have 1 to 1000 characters", "POST", "/notes", """{ "text": "" }"""),
            (400, "text must have 1 to 1000 characters", "POST", "/notes", $$"""{ "text": "{{new string('x', 1001)}}" }"""),
            (400, "id must have 1 to 64 letters, digits or hyphens", "POST", "/notes", """{ "id": "a/b", "text": "milk" }"""),
            (400, "version must be the number of the version that you have read", "PUT", "/notes/a", """{ "text": "milk" }"""),
            (404, "there is /notes and /notes/ID", "GET", "/elsewhere", null),
            (405, "PATCH is not for /notes/a", "PATCH", "/notes/a", "{}"),
            (413, "the body is too long", "POST", "/notes", $$"""{ "text": "{{new string('x', 1024 * 1024)}}" }"""),
        })
            Assert.Equal(((HttpStatusCode)status, reason), await ErrorAsync(method, target, token, body));

        var preflight = await SendAsync("OPTIONS", "/notes", null);
        Assert.Equal((HttpStatusCode.NoContent, "GET, POST, PUT, DELETE"), (preflight.StatusCode, preflight.Header("Access-Control-Allow-Methods")));
    }

    [Fact]
    public async Task DatabaseIsAway_TheViewerIsAskedToComeBack_AndTheLogSaysWhy()
    {
        var token = await TokenAsync("ann", "notes:read");
        await _database.DisposeAsync();

        var answer = await SendAsync("GET", "/notes", token);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (answer.StatusCode, answer.Header("Retry-After")));
        Assert.Equal("the notes cannot be reached", (await ErrorOfAsync(answer)).Error);
        Assert.Contains("ECONNREFUSED", _brink.WaitFor("request").ToString(), StringComparison.Ordinal);
    }

    private string Secret => (string)JsonNode.Parse(File.ReadAllText(_sample["function/config.json"]))!["secret"]!;

    private static object Claims(string subject, long? expires, string issuer = "https://sign-in.example") => new { iss = issuer, sub = subject, scope = "notes:read", exp = expires };

    private static string Sign(string algorithm, string secret, object claims)
    {
        var text = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm }))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{text}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private async Task<string> TokenAsync(params string[] ownerAndScopes)
    {
        await using var script = ChildProcess.Start("node", [_sample["token.mjs"], .. ownerAndScopes]);
        return script.ReadToEnd();
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string target, string? token, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_brink.Url + target));
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _brink.Viewer.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task ExpectAsync(string expected, string method, string target, string token, string? body = null)
    {
        var answer = await SendAsync(method, target, token, body);
        Assert.Equal(expected.TrimEnd(), (await answer.TextAsync()).TrimEnd());
        Assert.Equal(("application/json", "no-store"), (answer.Header("Content-Type"), answer.Header("Cache-Control")));
    }

    private async Task<(HttpStatusCode Status, string? Error)> ErrorAsync(string method, string target, string? token, string? body = null) =>
        await ErrorOfAsync(await SendAsync(method, target, token, body));

    private static async Task<(HttpStatusCode Status, string? Error)> ErrorOfAsync(HttpResponseMessage answer) =>
        (answer.StatusCode, (string?)JsonNode.Parse(await answer.TextAsync())!["error"]);
}
