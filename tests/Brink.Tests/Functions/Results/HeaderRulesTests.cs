using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Results;

/// <summary>Functions spec 3.1 and 3.2: every header of the lists, in each event, added, edited and deleted.</summary>
public sealed class HeaderRulesTests
{
    private static readonly string[] Disallowed =
    [
        "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "trailer", "upgrade", "x-accel-buffering",
        "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amz-cf-id", "x-amz-cf-anything", "x-amzn-auth", "x-amzn-cf-billing", "x-amzn-cf-id",
        "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count", "x-amzn-header-order", "x-amzn-lambda-integration-tag",
        "x-amzn-requestid", "x-cache", "x-edge-location", "x-edge-anything", "x-forwarded-proto", "x-real-ip",
    ];

    private static readonly string[] ReadOnlyInRequest = ["cdn-loop", "content-length", "host", "transfer-encoding", "via"];
    private static readonly string[] ReadOnlyInResponse = ["warning", "via"];

    public static TheoryData<string> DisallowedHeaders => [.. Disallowed];

    public static TheoryData<string> RequestReadOnlyHeaders => [.. ReadOnlyInRequest];

    public static TheoryData<string> ResponseReadOnlyHeaders => [.. ReadOnlyInResponse];

    public static TheoryData<string> RequestFreeHeaders => [.. ReadOnlyInResponse.Except(ReadOnlyInRequest), "x-forwarded-for", "x-forwarded-host", "authorization", "x-custom", "x-amzn-trace-id"];

    public static TheoryData<string> ResponseFreeHeaders => [.. ReadOnlyInRequest.Except(ReadOnlyInResponse), "content-encoding", "server", "x-custom"];

    private static string Add(string name) => $"['{name}'] = {{ value: 'new' }}";

    [Theory]
    [MemberData(nameof(DisallowedHeaders))]
    public void Disallowed_AddedToARequest_IsInvalid(string name) =>
        Assert.Equal($"request.headers.{name} is a disallowed header.", InvalidityOf(OnRequest("request.headers" + Add(name), Request())));

    [Theory]
    [MemberData(nameof(DisallowedHeaders))]
    public void Disallowed_AddedToAResponse_IsInvalid(string name) =>
        Assert.Equal($"response.headers.{name} is a disallowed header.", InvalidityOf(OnResponse("response.headers" + Add(name), Response())));

    [Theory]
    [MemberData(nameof(DisallowedHeaders))]
    public void Disallowed_InAGeneratedResponse_IsInvalid(string name) =>
        Assert.Equal(
            $"response.headers.{name} is a disallowed header.",
            InvalidityOf(OnRequest($"return {{ statusCode: 200, headers: {{ '{name}': {{ value: 'new' }} }} }}", Request())));

    [Theory]
    [MemberData(nameof(DisallowedHeaders))]
    public void Disallowed_ThatIsThereAlready_CanBeNeitherOverwrittenNorDeleted(string name)
    {
        var request = Request("/", null, (name, "old"));

        Assert.Equal($"request.headers.{name} is a disallowed header.", InvalidityOf(OnRequest("request.headers" + Add(name), request)));
        Assert.Equal("", MessageOf(OnRequest($"delete request.headers['{name}']; request.headers = Object.assign({{}}, request.headers)", request)));

        Assert.Equal("old", request.Headers.Get(name));
    }

    [Theory]
    [MemberData(nameof(RequestReadOnlyHeaders))]
    public void ReadOnlyInRequest_AddedEditedOrDeleted_IsInvalid(string name)
    {
        var rule = $"request.headers.{name} is a read-only header.";
        if (name != "host")
            Assert.Equal(rule, InvalidityOf(OnRequest("request.headers" + Add(name), Request())));
        Assert.Equal(rule, InvalidityOf(OnRequest($"request.headers['{name}'].value = 'new'", WithRequest(name))));
        Assert.Equal(rule, InvalidityOf(OnRequest($"request.headers['{name}'].multiValue = [{{ value: 'a' }}, {{ value: 'b' }}]", WithRequest(name))));
        Assert.Equal(rule, InvalidityOf(OnRequest($"delete request.headers['{name}']", WithRequest(name))));
        Assert.Equal(rule, InvalidityOf(OnRequest("request.headers = {}", WithRequest(name, alone: true))));
    }

    [Theory]
    [MemberData(nameof(RequestReadOnlyHeaders))]
    public void ReadOnlyInRequest_ReadOrWrittenBack_IsValid(string name)
    {
        var request = WithRequest(name);

        Assert.Equal("", MessageOf(OnRequest($"request.headers['{name}'] = {{ value: request.headers['{name}'].value }}", request)));

        Assert.Equal("Old", request.Headers.Get(name));
    }

    [Theory]
    [MemberData(nameof(RequestFreeHeaders))]
    public void OtherHeader_OfARequest_CanBeAddedEditedAndDeleted(string name)
    {
        var request = Request();
        Assert.Equal("", MessageOf(OnRequest("request.headers" + Add(name), request)));
        Assert.Equal("new", request.Headers.Get(name));
        Assert.Equal("", MessageOf(OnRequest($"request.headers['{name}'].value = 'edited'", request)));
        Assert.Equal("edited", request.Headers.Get(name));
        Assert.Equal("", MessageOf(OnRequest($"delete request.headers['{name}']", request)));
        Assert.False(request.Headers.Contains(name));
    }

    [Theory]
    [MemberData(nameof(ResponseReadOnlyHeaders))]
    public void ReadOnlyInResponse_AddedEditedOrDeleted_IsInvalid(string name)
    {
        var rule = $"response.headers.{name} is a read-only header.";
        Assert.Equal(rule, InvalidityOf(OnResponse("response.headers" + Add(name), Response())));
        Assert.Equal(rule, InvalidityOf(OnResponse($"response.headers['{name}'].value = 'new'", Response(200, (name, "old")))));
        Assert.Equal(rule, InvalidityOf(OnResponse($"delete response.headers['{name}']", Response(200, (name, "old")))));
        Assert.Equal(rule, InvalidityOf(OnResponse("response.headers = {}", Response(200, (name, "old")))));
        Assert.Equal(rule, InvalidityOf(OnRequest($"return {{ statusCode: 200, headers: {{ '{name}': {{ value: 'new' }} }} }}", Request())));
    }

    [Theory]
    [MemberData(nameof(ResponseFreeHeaders))]
    public void OtherHeader_OfAResponse_CanBeAddedEditedAndDeleted(string name)
    {
        var response = Response();
        Assert.Equal("", MessageOf(OnResponse("response.headers" + Add(name), response)));
        Assert.Equal("new", response.Headers.Get(name));
        Assert.Equal("", MessageOf(OnResponse($"response.headers['{name}'].value = 'edited'", response)));
        Assert.Equal("edited", response.Headers.Get(name));
        Assert.Equal("", MessageOf(OnResponse($"delete response.headers['{name}']", response)));
        Assert.False(response.Headers.Contains(name));
    }

    private static Brink.Http.EdgeRequest WithRequest(string name, bool alone = false)
    {
        var request = Request();
        if (alone)
            request.Headers.Clear();
        request.Headers.Set(name, "Old");
        if (name == "host")
            request.Headers.Set("Host", "Old");
        return request;
    }
}
