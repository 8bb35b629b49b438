using System.Text;
using Brink.Events;
using Brink.Functions;
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
    [InlineData("await cf.kvs().meta()", "{creationDateTime:'2026-11-22T10:00:00.000Z',lastUpdatedDateTime:'2026-11-22T10:01:00.000Z',keyCount:3}")]
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
        var function = Compile("import cf from 'cloudfront'; const kvs = cf.kvs(); async function handler(event) { const k = await kvs.get('k'); console.log(k); return event.request; }", store: store);
        Assert.Equal(["v é😀"], Run(function, EventType.ViewerRequest, Request(), null).Logs);

        store.Swap(Contents("""{"data":[{"key":"k","value":"next"}]}"""));

        Assert.Equal(["next"], Run(function, EventType.ViewerRequest, Request(), null).Logs);
    }

    [Theory]
    [InlineData("cf.edgeLocation", "{name:'FRA',serverIp:'192.0.2.1',region:'eu-central-1'}")]
    [InlineData("typeof cf.edgeLocation", "object")]
    [InlineData("(cf.edgeLocation.name = 'XXX', cf.edgeLocation.name)", "FRA")]
    [InlineData("Object.keys(cf.edgeLocation).join()", "name,serverIp,region")]
    public void EdgeLocation_InViewerRequest(string expression, string expected) =>
        Assert.Equal([expected], RunOn(EventType.ViewerRequest, $"console.log({expression})").Logs);

    [Fact]
    public void EdgeLocation_InViewerResponse_IsEmpty() =>
        Assert.Equal(["{}"], RunOn(EventType.ViewerResponse, "console.log(JSON.stringify(cf.edgeLocation))").Logs);

    [Theory]
    [InlineData("cf.distributionTenant.id", "TypeError: distributionTenant module is not available")]
    [InlineData("cf.distributionTenant.parameters.get('a')", "TypeError: distributionTenant module is not available")]
    [InlineData("typeof cf.distributionTenant", "object")]
    public void Tenant_OnAStandardDistribution(string expression, string expected) => Assert.Equal(expected, Evaluate(expression));

    [Theory]
    [InlineData("cf.distributionTenant.id", "dt_1")]
    [InlineData("cf.distributionTenant.parameters.get('path')", "tenant one")]
    [InlineData("cf.distributionTenant.parameters.get('Path')", "DistributionTenantParameterKeyNotFound: the distribution tenant has no parameter \"Path\"")]
    [InlineData("cf.distributionTenant.parameters.get()", "TypeError: key must be a string")]
    [InlineData("event.context.endpoint", "d222.cloudfront.net")]
    public void Tenant_OnAMultiTenantDistribution(string expression, string expected)
    {
        var result = Test(
            $"import cf from 'cloudfront'; function handler(event) {{ try {{ console.log({expression}) }} catch (e) {{ console.log(e.name + ': ' + e.message) }} return event.request }}",
            RequestEvent.Replace(
                "\"eventType\":\"viewer-request\"",
                "\"eventType\":\"viewer-request\",\"endpoint\":\"d222.cloudfront.net\",\"distributionTenant\":{\"id\":\"dt_1\",\"parameters\":{\"path\":\"tenant one\"}}",
                StringComparison.Ordinal));

        Assert.Equal([expected], result.FunctionExecutionLogs);
    }

    [Fact]
    public void Endpoint_OnAStandardDistribution_IsNotThere() =>
        Assert.Equal(["false"], Test("function handler(event) { console.log('endpoint' in event.context); return event.request }").FunctionExecutionLogs);

    [Theory]
    [InlineData("\"endpoint\":5", "context.endpoint must be a string.")]
    [InlineData("\"distributionTenant\":5", "context.distributionTenant must be an object.")]
    [InlineData("\"distributionTenant\":{\"parameters\":[]}", "context.distributionTenant.parameters must be an object.")]
    [InlineData("\"distributionTenant\":{\"parameters\":{\"a\":1}}", "context.distributionTenant.parameters.a must be a string.")]
    public void TenantInAnEvent_ThatIsNone_IsRefused(string json, string message)
    {
        var json2 = RequestEvent.Replace("\"eventType\"", json + ",\"eventType\"", StringComparison.Ordinal);
        var outcome = Brink.Functions.Testing.FunctionTestRunner.Test(Compile("function handler(event) { return event.request }"), Encoding.UTF8.GetBytes(json2), Now);

        Assert.Equal(message, Assert.IsType<Brink.Functions.Testing.TestOutcome.InvalidArgument>(outcome).Message);
    }

    [Fact]
    public void WhatAScriptWritesToTheModule_IsGoneInTheNextRun()
    {
        var function = Compile("""
            import cf from 'cloudfront';
            function handler(event) {
                console.log([cf.mark, cf.cwt.mark, cf.distributionTenant.mark, typeof cf.cwt.validateToken, typeof cf.kvs].join());
                cf.mark = cf.cwt.mark = cf.distributionTenant.mark = 'here';
                delete cf.kvs;
                cf.cwt.validateToken = null;
                return event.request;
            }
            """);
        for (var i = 0; i < 2; i++)
            Assert.Equal([",,,function,function"], Run(function, EventType.ViewerRequest, Request(), null).Logs);
    }

    private static FunctionRun RunOn(EventType type, string body) =>
        Compile($"import cf from 'cloudfront'; function handler(event) {{ {body}; return event.response || event.request }}").InvokeAsync(
            new TriggerEvent
            {
                EventType = type,
                Request = Request(),
                Response = type == EventType.ViewerResponse ? Response() : null,
                DistributionDomainName = "d1.cloudfront.net",
                DistributionId = "E1",
                EdgeLocation = new EdgeLocation("FRA", "eu-central-1"),
                ServerIp = "192.0.2.1",
            },
            CancellationToken.None).AsTask().Result;

    [Fact]
    public void Module_IsNotIn10() =>
        Assert.NotEqual("", Test("import cf from 'cloudfront'; function handler(event) { return event.request; }", runtime: Runtime.CloudFrontJs10).FunctionErrorMessage);
}
