using System.Text;
using Brink.Functions.KeyValueStores;
using Brink.JavaScript;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Modules;

public sealed class CloudFrontModuleTests
{
    private const string Id = "a1b2c3d4-0000-4000-8000-000000000001";

    private static KeyValueStoreContents Contents(string json) =>
        Assert.IsType<ImportOutcome.Imported>(KeyValueStoreContents.Import(Encoding.UTF8.GetBytes(json), Now, Now.AddMinutes(1))).Contents;

    private static KeyValueStore Store() => new(Id, Contents("""{"data":[{"key":"k","value":"v é😀"},{"key":"j","value":"{\"a\":[1,2]}"},{"key":"empty","value":""}]}"""));

    [Theory]
    [InlineData("await cf.kvs().get('k')", "v é😀")]
    [InlineData("await cf.kvs('" + Id + "').get('k', { format: 'string' })", "v é😀")]
    [InlineData("(await cf.kvs().get('j', { format: 'json' })).a[1]", "2")]
    [InlineData("(await cf.kvs().get('k', { format: 'bytes' })).toString('hex')", "7620c3a9f09f9880")]
    [InlineData("'[' + (await cf.kvs().get('empty')) + ']'", "[]")]
    [InlineData("await cf.kvs().exists('k')", "true")]
    [InlineData("await cf.kvs().exists('K')", "false")]
    [InlineData("JSON.stringify(await cf.kvs().meta())", """{"creationDateTime":"2026-11-22T10:00:00.000Z","lastUpdatedDateTime":"2026-11-22T10:01:00.000Z","keyCount":3}""")]
    [InlineData("cf.kvs().get('k') instanceof Promise", "true")]
    [InlineData("await cf.kvs().get('nope')", "KeyNotFound: the key \"nope\" is not in the key value store")]
    [InlineData("cf.kvs('00000000-0000-0000-0000-000000000000')", "KVSNamespaceNotFound: the key value store with this id is not associated with this function")]
    [InlineData("await cf.kvs().get('k', { format: 'xml' })", "TypeError: format must be \"string\", \"json\" or \"bytes\"")]
    [InlineData("await cf.kvs().get(5)", "TypeError: key must be a string")]
    [InlineData("typeof cf.kvs().count", "undefined")]
    public void KeyValueStore_Rows(string expression, string expected) => Assert.Equal(expected, Evaluate(expression, store: Store()));

    [Fact]
    public void JsonFormat_OfWhatIsNotJson_Rejects() =>
        Assert.StartsWith("SyntaxError: ", Evaluate("await cf.kvs().get('k', { format: 'json' })", store: Store()), StringComparison.Ordinal);

    [Fact]
    public void NoStore_Throws() => Assert.Equal("KVSNamespaceNotFound: no key value store is associated with this function", Evaluate("cf.kvs()"));

    [Fact]
    public void NoStore_AtTheTopLevel_FailsEveryRequest()
    {
        var result = Test("import cf from 'cloudfront'; const kvs = cf.kvs(); function handler(event) { return event.request; }");

        Assert.Equal(
            "The CloudFront function associated with the CloudFront distribution is invalid or could not run. KVSNamespaceNotFound: no key value store is associated with this function",
            result.FunctionErrorMessage);
    }

    [Fact]
    public void Swap_IsSeenByTheNextRun()
    {
        var store = Store();
        var function = Compile("import cf from 'cloudfront'; const kvs = cf.kvs(); async function handler(event) { console.log(await kvs.get('k')); return event.request; }", store: store);
        Assert.Equal(["v é😀"], Run(function, Brink.Functions.EventType.ViewerRequest, Request(), null).Logs);

        store.Swap(Contents("""{"data":[{"key":"k","value":"next"}]}"""));

        Assert.Equal(["next"], Run(function, Brink.Functions.EventType.ViewerRequest, Request(), null).Logs);
    }

    [Theory]
    [InlineData("cf.updateRequestOrigin({})", "updateRequestOrigin")]
    [InlineData("cf.selectRequestOriginById('x')", "selectRequestOriginById")]
    [InlineData("cf.createRequestOriginGroup({})", "createRequestOriginGroup")]
    [InlineData("cf.edgeLocation", "edgeLocation")]
    [InlineData("cf.edgeLocation.name", "edgeLocation")]
    [InlineData("cf.distributionTenant.id", "distributionTenant")]
    [InlineData("cf.cwt.validateToken()", "cwt")]
    public void MembersOfLater_AreRefusedByName(string expression, string name) =>
        Assert.Equal($"TypeError: cloudfront.{name} is not supported yet", Evaluate(expression));

    [Fact]
    public void Module_IsNotIn10() =>
        Assert.NotEqual("", Test("import cf from 'cloudfront'; function handler(event) { return event.request; }", runtime: Runtime.CloudFrontJs10).FunctionErrorMessage);
}
