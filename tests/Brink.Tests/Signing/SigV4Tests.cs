using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Http;
using Brink.Signing;

namespace Brink.Tests.Signing;

/// <summary>Signatures, with AWS's own library for Python as the referee: Debian's python3-botocore, run by /usr/bin/python3.</summary>
public sealed class SigV4Tests
{
    private static readonly DateTimeOffset Moment = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly SigningKeys Lasting = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    private static readonly SigningKeys Temporary = new("ASIAEXAMPLE", "secret/with+signs=", "FwoGZXIvYXdzEBYaDH//////////wE=");

    // A key as the client is given it, and the spellings of it that a viewer may send.
    private static readonly (string Key, string[] Wire)[] Keys =
    [
        ("plain.txt", ["plain.txt", "%70lain.txt"]),
        ("a b.txt", ["a%20b.txt", "a b.txt"]),
        ("a+b.txt", ["a+b.txt", "a%2Bb.txt", "a%2bb.txt"]),
        ("folder/in/folder", ["folder/in/folder", "folder%2Fin%2ffolder"]),
        ("a//b", ["a//b", "a/%2Fb"]),
        ("../up/./here", ["../up/./here", "%2E%2E/up/./here"]),
        ("é€😀", ["%C3%A9%E2%82%AC%F0%9F%98%80", "\u00c3\u00a9%E2%82%AC%f0%9f%98%80", "\u00c3\u00a9€😀"]),
        ("100%", ["100%25", "100%"]),
        ("%zz%4", ["%25zz%254", "%zz%4"]),
        ("a&b=c;d:e@f,g", ["a&b=c;d:e@f,g", "a%26b%3Dc%3Bd%3Ae%40f%2Cg"]),
        ("!$'()*[]{}|\\^`\"<>?#", ["%21%24%27%28%29%2A%5B%5D%7B%7D%7C%5C%5E%60%22%3C%3E%3F%23", "!$'()*[]{}|\\^`\"<>%3F%23"]),
        ("tilde~dash-dot.under_", ["tilde~dash-dot.under_", "tilde%7Edash%2Ddot%2Eunder%5F"]),
    ];

    [Fact]
    public async Task EverySpellingOfAKey_GoesOutAndIsSigned_AsAwsOwnClientDoesIt()
    {
        var cases = Keys.SelectMany(key => new[] { Lasting, Temporary }.SelectMany(keys => key.Wire.Select(wire => (key.Key, Wire: wire, Keys: keys)))).ToList();

        var answers = await AskBotocoreAsync([.. cases.Select(each => Case(each.Keys, new JsonObject { ["bucket"] = "pictures", ["key"] = each.Key }))]);

        for (var i = 0; i < cases.Count; i++)
            Assert.Equal(answers[i], Ours("GET", "s3.test", "/pictures/" + cases[i].Wire, "", [], hasBody: false, cases[i].Keys));
    }

    [Theory]
    [InlineData("response-content-disposition=attachment%3B%20filename%3D%22a%2Bb%20c.txt%22")]
    [InlineData("response-content-disposition=attachment;+filename=\"a%2bb c.txt\"")]
    public async Task QueryOfTheClient_IsSignedAsItDoesIt(string wire)
    {
        var parameters = new JsonObject { ["ResponseContentDisposition"] = "attachment; filename=\"a+b c.txt\"" };

        var answer = Assert.Single(await AskBotocoreAsync([Case(Temporary, new JsonObject { ["bucket"] = "b", ["key"] = "k", ["parameters"] = parameters })]));

        Assert.Equal(answer, Ours("GET", "s3.test", "/b/k", wire, [], hasBody: false, Temporary));
    }

    private static readonly (string Method, string Path, string Query, string Headers, bool HasBody)[] Requests =
    [
        ("GET", "/", "", "", false),
        ("GET", "/k", "acl", "", false),
        ("GET", "/k", "acl=", "", false),
        ("GET", "/k", "b=2&a=1&B=0&a=0&a=", "", false),
        ("GET", "/k", "a=1&a=1&&z", "", false),
        ("GET", "/k", "a-b=1&a=2&a%2Db=0&ab=3", "", false),
        ("GET", "/k", "x=a%20b+c%2Bd/e~f%7E&y=é", "", false),
        ("GET", "/k", "=v&=w", "", false),
        ("HEAD", "/k", "", "", false),
        ("DELETE", "/k", "versionId=null", "", false),
        ("PUT", "/k", "", "content-type: text/plain; charset=utf-8|x-amz-meta-a: 1", true),
        ("PUT", "/k", "", "x-amz-meta-b:   two   blanks |x-amz-acl:public-read", true),
        ("POST", "/k", "uploads", "content-type:application/octet-stream", true),
        ("OPTIONS", "/k", "", "x-amz-cf-id: abc==", false),
    ];

    [Fact]
    public async Task EveryRequest_HasTheSignatureThatTheReferenceGivesIt()
    {
        var ours = new List<(string Target, string Authorization)>();
        var cases = new JsonArray();
        foreach (var (method, path, query, headers, hasBody) in Requests)
        {
            var fields = headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => new HeaderField(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..])).ToList();
            foreach (var keys in new[] { Lasting, Temporary })
            {
                ours.Add(Ours(method, "b.s3.test:8443", path, query, fields, hasBody, keys));
                var given = new JsonObject();
                foreach (var field in fields)
                    given[field.Name] = field.Value;
                cases.Add(Case(keys, new JsonObject
                {
                    ["method"] = method, ["host"] = "b.s3.test:8443", ["target"] = ours[^1].Target, ["headers"] = given, ["hasBody"] = hasBody,
                }));
            }
        }

        Assert.Equal(await AskBotocoreAsync(cases), ours);
    }

    [Fact]
    public void Keys_AreNotInTheirText() => Assert.Equal("signing keys", $"{Temporary}");

    private static (string Target, string Authorization) Ours(string method, string host, string path, string query, List<HeaderField> headers, bool hasBody, SigningKeys keys)
    {
        var (sentPath, sentQuery) = (UriEncoding.Path(path), UriEncoding.Query(query));
        var payload = hasBody ? SigV4.UnsignedPayload : SigV4.EmptyPayload;
        List<HeaderField> signed = [.. headers, new("Host", host), new("X-Amz-Date", SigV4.Timestamp(Moment)), new("X-Amz-Content-Sha256", payload)];
        if (keys.SessionToken is { } token)
            signed.Add(new HeaderField("X-Amz-Security-Token", token));
        var authorization = SigV4.Authorization(method, sentPath, sentQuery, signed, payload, keys, "eu-central-1", SigV4.Timestamp(Moment));
        return (sentQuery.Length == 0 ? sentPath : $"{sentPath}?{sentQuery}", authorization);
    }

    private static JsonObject Case(SigningKeys keys, JsonObject request)
    {
        request["moment"] = Moment.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        (request["id"], request["secret"], request["token"], request["region"]) = (keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken, "eu-central-1");
        return request;
    }

    private static async Task<List<(string Target, string Authorization)>> AskBotocoreAsync(JsonArray cases)
    {
        using var referee = Botocore.Start("tests/Brink.Tests/Signing/botocore_referee.py");
        var errors = referee.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await referee.StandardInput.WriteAsync(cases.ToJsonString());
        referee.StandardInput.Close();
        var output = await referee.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await referee.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(referee.ExitCode == 0, $"the referee failed (it needs Debian's python3-botocore): {await errors}");
        using var answers = JsonDocument.Parse(output);
        return [.. answers.RootElement.EnumerateArray().Select(each => (each.GetProperty("target").GetString()!, each.GetProperty("authorization").GetString()!))];
    }
}
