using Brink.Distributions;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Http;
using Brink.Policies;
using Brink.Resources;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Origins;

/// <summary>The three origin functions, each parameter by its rule (functions spec 7.1).</summary>
public sealed class OriginFunctionsTests
{
    private const string Sentence = "The CloudFront function returned an invalid value for origin rewrite.";

    private static readonly CustomOrigin Main = new()
    {
        Id = "main",
        DomainName = "main.test",
        OriginPath = "/inherited",
        HttpPort = 8080,
        ProtocolPolicy = OriginProtocolPolicy.HttpOnly,
        ReadTimeout = TimeSpan.FromSeconds(20),
        ConnectionAttempts = 2,
        CustomHeaders = [new HeaderField("X-Inherited", "yes")],
    };

    private static readonly CustomOrigin Spare = new() { Id = "spare", DomainName = "spare.test", ProtocolPolicy = OriginProtocolPolicy.HttpsOnly };

    private static readonly CacheBehavior Behavior = new() { TargetOriginId = "main", CachePolicy = ManagedPolicies.CachePolicies[0] };

    private static readonly Distribution Distribution = new()
    {
        Id = "E1",
        DomainName = "d1.cloudfront.net",
        Origins = [Main, Spare, new DirectoryOrigin { Id = "files", Directory = "/nowhere" }],
        OriginGroups = [new OriginGroup { Id = "pair", PrimaryOriginId = "main", SecondaryOriginId = "spare", FailoverStatusCodes = [500] }],
        DefaultCacheBehavior = Behavior,
    };

    // ---------------------------------------------------------------- updateRequestOrigin

    [Fact]
    public void Update_ChangesWhatItNames_AndInheritsTheRest()
    {
        var origin = Chosen("cf.updateRequestOrigin({ domainName: 'Other.Test', timeouts: { connectionTimeout: 3 }, unknown: { property: 1 } })");

        Assert.Equal(
            Main with { DomainName = "other.test", SendsOwnHost = true, ConnectionTimeout = TimeSpan.FromSeconds(3), AllowedCertificateNames = origin.AllowedCertificateNames },
            origin);
    }

    [Fact]
    public void Update_WithNothing_ChangesNothing() => Assert.Equal(Main, Chosen("cf.updateRequestOrigin({})"));

    [Theory]
    [InlineData("hostHeader: 'Host.Test'", "HostHeader=Host.Test")]
    [InlineData("domainName: 'a.test', hostHeader: 'b.test'", "DomainName=a.test HostHeader=b.test SendsOwnHost=True")]
    [InlineData("sni: 'sni.test'", "Sni=sni.test")]
    [InlineData("allowedCertificateNames: ['*.a.test', 'B.test']", "Names=*.a.test,b.test")]
    [InlineData("allowedCertificateNames: []", "")]
    [InlineData("originPath: '/other/path%20x'", "Path=/other/path%20x")]
    [InlineData("originPath: ''", "Path=")]
    [InlineData("customHeaders: {}", "Headers=")]
    [InlineData("customHeaders: { 'x-stage': 'production', 'accept': '' }", "Headers=X-Stage:production,Accept:")]
    [InlineData("connectionAttempts: 3", "Attempts=3")]
    [InlineData("originShield: { enabled: false }", "")]
    [InlineData("originAccessControlConfig: { enabled: false }", "")]
    [InlineData("hostHeader: 'h.test', originAccessControlConfig: { enabled: false }", "HostHeader=h.test")]
    [InlineData("timeouts: { readTimeout: 120, responseCompletionTimeout: 120, keepAliveTimeout: 1, connectionTimeout: 4 }", "Read=120 Completion=120 KeepAlive=1 Connect=4")]
    [InlineData("timeouts: { responseCompletionTimeout: 100000 }", "Completion=100000")]
    [InlineData("customOriginConfig: { port: 8443, protocol: 'https', sslProtocols: ['TLSv1.2'] }", "Protocol=HttpsOnly Https=8443")]
    [InlineData("customOriginConfig: { port: 80, protocol: 'http', sslProtocols: ['SSLv3'] }", "Http=80")]
    [InlineData("customOriginConfig: { port: 443, protocol: 'https', sslProtocols: ['TLSv1', 'TLSv1.1', 'TLSv1.2'] }", "Protocol=HttpsOnly")]
    [InlineData("domainName: 'a.test', customOriginConfig: { port: 80, protocol: 'http', sslProtocols: ['TLSv1.2'], ipAddressType: 'ipv6' }", "DomainName=a.test SendsOwnHost=True Http=80 Ip=IPv6")]
    [InlineData("domainName: undefined, hostHeader: undefined", "")]
    [InlineData("domainName: 'b.s3-website-us-east-1.amazonaws.com', hostHeader: 'www.test'", "DomainName=b.s3-website-us-east-1.amazonaws.com HostHeader=www.test SendsOwnHost=True")]
    public void Update_TakesEveryParameter(string properties, string expected) =>
        Assert.Equal(expected, DifferenceTo(Main, Chosen($"cf.updateRequestOrigin({{ {properties} }})")));

    [Theory]
    [InlineData("", "the argument must be an object, not undefined")]
    [InlineData("null", "the argument must be an object, not null")]
    [InlineData("'main'", "the argument must be an object, not string")]
    [InlineData("[]", "the argument must be an object, not array")]
    [InlineData("{ domainName: 5 }", "domainName must be a string, not a number")]
    [InlineData("{ domainName: null }", "domainName must be a string, not null")]
    [InlineData("{ domainName: '' }", "domainName must be a host name, and '' is none")]
    [InlineData("{ domainName: 'a.test:80' }", "domainName must not have a colon, and 'a.test:80' has. Give the name alone; a port goes into customOriginConfig.port.")]
    [InlineData("{ domainName: '127.0.0.1' }", "domainName must not be an IP address, and '127.0.0.1' is. Give a name that resolves to it.")]
    [InlineData("{ domainName: '::1' }", "domainName must not have a colon")]
    [InlineData("{ domainName: 'http//x' }", "domainName must be a host name")]
    [InlineData("{ domainName: 'a..b' }", "domainName must be a host name")]
    [InlineData("{ domainName: 'x'.repeat(254) }", "domainName has 254 characters, more than 253. Shorten it.")]
    [InlineData("{ domainName: 'B.s3.amazonaws.com' }", "domainName of an S3 bucket must be in lower case. Write b.s3.amazonaws.com.")]
    [InlineData("{ domainName: 'x'.repeat(60) + '.' + 'y'.repeat(60) + '.s3.us-east-1.amazonaws.com' }", "domainName of an S3 bucket has at most 128 characters")]
    [InlineData("{ domainName: 'b.s3.amazonaws.com', hostHeader: 'a.test' }", "hostHeader is for origins that are not an S3 bucket")]
    [InlineData("{ hostHeader: 'a:1' }", "hostHeader must not have a colon")]
    [InlineData("{ hostHeader: '10.0.0.1' }", "hostHeader must not be an IP address")]
    [InlineData("{ hostHeader: true }", "hostHeader must be a string, not a boolean")]
    [InlineData("{ sni: 'a:1' }", "sni must not have a colon")]
    [InlineData("{ sni: '10.0.0.1' }", "sni must not be an IP address")]
    [InlineData("{ sni: 'x'.repeat(254) }", "sni has 254 characters")]
    [InlineData("{ allowedCertificateNames: 'a.test' }", "allowedCertificateNames must be an array, not a string")]
    [InlineData("{ allowedCertificateNames: new Array(21) }", "allowedCertificateNames has 21 names, more than 20")]
    [InlineData("{ allowedCertificateNames: ['a.test', 7] }", "allowedCertificateNames[1] must be a string, not a number")]
    [InlineData("{ allowedCertificateNames: new Array(1) }", "allowedCertificateNames[0] must be a string, not undefined")]
    [InlineData("{ allowedCertificateNames: ['x'.repeat(65)] }", "allowedCertificateNames[0] has 65 characters, more than 64")]
    [InlineData("{ allowedCertificateNames: ['a.*.test'] }", "allowedCertificateNames[0] must be a domain name, and 'a.*.test' is none")]
    [InlineData("{ originPath: 'x' }", "originPath must begin with a slash and not end with one, and is 'x'. Write it like /folder.")]
    [InlineData("{ originPath: '/x/' }", "originPath must begin with a slash and not end with one")]
    [InlineData("{ originPath: '/' }", "originPath must begin with a slash and not end with one")]
    [InlineData("{ originPath: '/a b' }", "originPath must be URL-encoded, and is '/a b'")]
    [InlineData("{ originPath: '/x?y' }", "originPath must be URL-encoded")]
    [InlineData("{ originPath: '/' + 'x'.repeat(255) }", "originPath has 256 characters, more than 255")]
    [InlineData("{ customHeaders: [] }", "customHeaders must be an object, not an array")]
    [InlineData("{ customHeaders: { 'X-Stage': 'a' } }", "customHeaders['X-Stage'] must have its name in lower case. Write 'x-stage'.")]
    [InlineData("{ customHeaders: { 'x stage': 'a' } }", "customHeaders['x stage'] must have a name that is an HTTP token")]
    [InlineData("{ customHeaders: { '': 'a' } }", "customHeaders[''] must have a name that is an HTTP token")]
    [InlineData("{ customHeaders: { 'x-stage': { value: 'a' } } }", "customHeaders['x-stage'] must be a string, not an object")]
    [InlineData("{ customHeaders: { 'x-stage': 'a\\r\\nb: c' } }", "customHeaders['x-stage'] must not have control characters")]
    [InlineData("{ customHeaders: { 'x-stage': 'v'.repeat(1784) } }", "customHeaders['x-stage'] has 1,784 characters, more than 1,783")]
    [InlineData("{ customHeaders: { 'x-known': 'a' } }", "customHeaders['x-known'] is in the viewer's request already")]
    [InlineData("{ connectionAttempts: 0 }", "connectionAttempts must be an integer from 1 to 3, not 0")]
    [InlineData("{ connectionAttempts: 4 }", "connectionAttempts must be an integer from 1 to 3, not 4")]
    [InlineData("{ connectionAttempts: 1.5 }", "connectionAttempts must be an integer from 1 to 3, not 1.5")]
    [InlineData("{ connectionAttempts: '2' }", "connectionAttempts must be an integer from 1 to 3, not '2'. Use a number from 1 to 3, without quotes.")]
    [InlineData("{ originShield: true }", "originShield must be an object, not a boolean")]
    [InlineData("{ originShield: {} }", "originShield.enabled is required")]
    [InlineData("{ originShield: { enabled: 'yes' } }", "originShield.enabled must be true or false, not a string")]
    [InlineData("{ originShield: { enabled: true } }", "originShield.region is required when Origin Shield is enabled")]
    [InlineData("{ originShield: { enabled: true, region: 'Ohio' } }", "originShield.region must be the code of a region, and is 'Ohio'")]
    [InlineData("{ originAccessControlConfig: {} }", "originAccessControlConfig.enabled is required")]
    [InlineData("{ originAccessControlConfig: { enabled: 1 } }", "originAccessControlConfig.enabled must be true or false, not a number")]
    [InlineData("{ originAccessControlConfig: { enabled: true } }", "originAccessControlConfig.signingBehavior is required")]
    [InlineData("{ originAccessControlConfig: { enabled: true, signingBehavior: 'often' } }", "originAccessControlConfig.signingBehavior must be one of always, never, no-override, not 'often'")]
    [InlineData("{ originAccessControlConfig: { enabled: true, signingBehavior: 'always' } }", "originAccessControlConfig.signingProtocol is required")]
    [InlineData("{ originAccessControlConfig: { enabled: true, signingBehavior: 'always', signingProtocol: 'sigv2' } }", "originAccessControlConfig.signingProtocol must be one of sigv4, not 'sigv2'")]
    [InlineData("{ originAccessControlConfig: { enabled: true, signingBehavior: 'never', signingProtocol: 'sigv4' } }", "originAccessControlConfig.originType is required")]
    [InlineData("{ originAccessControlConfig: { enabled: true, signingBehavior: 'no-override', signingProtocol: 'sigv4', originType: 'ftp' } }", "originAccessControlConfig.originType must be one of s3, mediapackagev2, mediastore, lambda, not 'ftp'")]
    [InlineData("{ originAccessControlConfig: { enabled: true, region: 'x', signingBehavior: 'always', signingProtocol: 'sigv4', originType: 's3' } }", "originAccessControlConfig signs requests to S3 buckets, and the origin is none. Name the bucket as domainName, like bucket.s3.us-east-2.amazonaws.com, or say enabled: false.")]
    [InlineData("{ originAccessControlConfig: { enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 'lambda' } }", "originAccessControlConfig.originType asks for signatures for lambda, which Brink does not have yet: it signs for S3 buckets")]
    [InlineData("{ originAccessControlConfig: { enabled: true, signingBehavior: 'never', signingProtocol: 'sigv4', originType: 'mediastore' } }", "originAccessControlConfig.originType asks for signatures for mediastore")]
    [InlineData("{ domainName: 'b.s3.amazonaws.com', originAccessControlConfig: { enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 'mediapackagev2' } }", "originAccessControlConfig.originType must be s3 for an S3 bucket, and is mediapackagev2. Say originType: 's3'.")]
    [InlineData("{ hostHeader: 'a.test', originAccessControlConfig: { enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 'lambda' } }", "hostHeader cannot be set while origin access control is enabled")]
    [InlineData("{ timeouts: 30 }", "timeouts must be an object, not a number")]
    [InlineData("{ timeouts: { readTimeout: 0 } }", "timeouts.readTimeout must be an integer from 1 to 120, not 0")]
    [InlineData("{ timeouts: { readTimeout: 121 } }", "timeouts.readTimeout must be an integer from 1 to 120, not 121")]
    [InlineData("{ timeouts: { keepAliveTimeout: 121 } }", "timeouts.keepAliveTimeout must be an integer from 1 to 120, not 121")]
    [InlineData("{ timeouts: { connectionTimeout: 11 } }", "timeouts.connectionTimeout must be an integer from 1 to 10, not 11")]
    [InlineData("{ timeouts: { readTimeout: NaN } }", "timeouts.readTimeout must be an integer from 1 to 120, not NaN")]
    [InlineData("{ timeouts: { readTimeout: 30, responseCompletionTimeout: 29 } }", "timeouts.responseCompletionTimeout must be at least readTimeout, and 29 is less than 30")]
    [InlineData("{ timeouts: { responseCompletionTimeout: 19 } }", "timeouts.responseCompletionTimeout leaves 19 s for the whole response and 20 s for each wait")]
    [InlineData("{ timeouts: { responseCompletionTimeout: 0 } }", "timeouts.responseCompletionTimeout must be an integer of at least 1, not 0")]
    [InlineData("{ customOriginConfig: { protocol: 'http', sslProtocols: ['TLSv1.2'] } }", "customOriginConfig.port is required")]
    [InlineData("{ customOriginConfig: { port: 81, protocol: 'http', sslProtocols: ['TLSv1.2'] } }", "customOriginConfig.port must be 80, 443 or 1024 to 65535, not 81")]
    [InlineData("{ customOriginConfig: { port: 65536, protocol: 'http', sslProtocols: ['TLSv1.2'] } }", "customOriginConfig.port must be an integer from 1 to 65535")]
    [InlineData("{ customOriginConfig: { port: 80, sslProtocols: ['TLSv1.2'] } }", "customOriginConfig.protocol is required")]
    [InlineData("{ customOriginConfig: { port: 80, protocol: 'HTTP', sslProtocols: ['TLSv1.2'] } }", "customOriginConfig.protocol must be one of http, https, not 'HTTP'")]
    [InlineData("{ customOriginConfig: { port: 80, protocol: 'http' } }", "customOriginConfig.sslProtocols is required")]
    [InlineData("{ customOriginConfig: { port: 80, protocol: 'http', sslProtocols: [] } }", "customOriginConfig.sslProtocols must have one to four protocols")]
    [InlineData("{ customOriginConfig: { port: 80, protocol: 'http', sslProtocols: 'TLSv1.2' } }", "customOriginConfig.sslProtocols must be an array")]
    [InlineData("{ customOriginConfig: { port: 80, protocol: 'http', sslProtocols: ['TLSv1.3'] } }", "customOriginConfig.sslProtocols[0] must be one of SSLv3, TLSv1, TLSv1.1, TLSv1.2, not 'TLSv1.3'")]
    [InlineData("{ customOriginConfig: { port: 443, protocol: 'https', sslProtocols: ['TLSv1.1'] } }", "customOriginConfig.sslProtocols has no TLSv1.2, and Brink does not speak older protocols")]
    [InlineData("{ customOriginConfig: { port: 80, protocol: 'http', sslProtocols: ['TLSv1.2'], ipAddressType: 'both' }, domainName: 'a.test' }", "customOriginConfig.ipAddressType must be one of ipv4, ipv6, dualstack, not 'both'")]
    [InlineData("{ customOriginConfig: { port: 80, protocol: 'http', sslProtocols: ['TLSv1.2'], ipAddressType: 'ipv4' } }", "customOriginConfig.ipAddressType can be changed only together with domainName")]
    public void Update_BrokenRule_IsAValidationErrorThatNamesIt(string argument, string rule) => AssertRefused($"cf.updateRequestOrigin({argument})", "updateRequestOrigin", rule);

    [Theory]
    [InlineData("cache-control")]
    [InlineData("connection")]
    [InlineData("content-length")]
    [InlineData("cookie")]
    [InlineData("host")]
    [InlineData("if-match")]
    [InlineData("if-modified-since")]
    [InlineData("if-none-match")]
    [InlineData("if-range")]
    [InlineData("if-unmodified-since")]
    [InlineData("max-forwards")]
    [InlineData("pragma")]
    [InlineData("proxy-authorization")]
    [InlineData("proxy-connection")]
    [InlineData("range")]
    [InlineData("request-range")]
    [InlineData("te")]
    [InlineData("trailer")]
    [InlineData("transfer-encoding")]
    [InlineData("upgrade")]
    [InlineData("via")]
    [InlineData("x-amz-anything")]
    [InlineData("x-edge-anything")]
    [InlineData("x-real-ip")]
    [InlineData("expect")]
    [InlineData("keep-alive")]
    [InlineData("x-forwarded-proto")]
    [InlineData("x-amzn-requestid")]
    [InlineData("x-accel-redirect")]
    public void CustomHeaders_DeniedName_IsRefused(string name) =>
        AssertRefused($"cf.updateRequestOrigin({{ customHeaders: {{ '{name}': 'v' }} }})", "updateRequestOrigin", $"customHeaders['{name}'] is a header that may not be added to origin requests");

    private const string Signing = "originAccessControlConfig: { enabled: true, region: 'ignored', signingBehavior: 'BEHAVIOR', signingProtocol: 'sigv4', originType: 's3' }";

    private static readonly S3Origin Bucket = new()
    {
        Id = "bucket",
        DomainName = "a.s3.us-east-2.amazonaws.com",
        Region = "us-east-2",
        OriginPath = "/inherited",
        AccessControl = new OriginAccessControl("E1"),
        ReadTimeout = TimeSpan.FromSeconds(20),
        CustomHeaders = [new HeaderField("X-Inherited", "yes")],
    };

    [Fact]
    public void Update_FromServerToBucket_InheritsWhatABucketHas_AndIgnoresWhatIsForServers() => Assert.Equal(
        new S3Origin
        {
            Id = "main",
            DomainName = "b.s3.eu-west-1.amazonaws.com",
            Region = "eu-west-1",
            SendsOwnHost = true,
            OriginPath = Main.OriginPath,
            CustomHeaders = Main.CustomHeaders,
            ConnectionAttempts = 2,
            ReadTimeout = TimeSpan.FromSeconds(20),
            ConnectionTimeout = TimeSpan.FromSeconds(3),
        },
        ChosenBucket("cf.updateRequestOrigin({ domainName: 'b.s3.eu-west-1.amazonaws.com', customOriginConfig: { port: 8443, protocol: 'https', sslProtocols: ['TLSv1.2'] }, timeouts: { keepAliveTimeout: 60, connectionTimeout: 3 } })", Main));

    [Theory]
    [InlineData("always", SigningBehavior.Always)]
    [InlineData("never", SigningBehavior.Never)]
    [InlineData("no-override", SigningBehavior.NoOverride)]
    public void Update_OriginAccessControlOfABucket_SaysWhatIsSigned(string word, SigningBehavior behavior)
    {
        var chosen = ChosenBucket($"cf.updateRequestOrigin({{ domainName: 'b.s3.eu-west-1.amazonaws.com', {Signing.Replace("BEHAVIOR", word)} }})", Main);

        Assert.Equal(behavior, chosen.AccessControl!.SigningBehavior);
        Assert.Equal((behavior != SigningBehavior.Never, behavior == SigningBehavior.Always), (chosen.Signs(hasAuthorization: false), chosen.Signs(hasAuthorization: true)));
    }

    [Fact]
    public void Update_OfABucket_KeepsItsAccessControl_UnlessToldOtherwise()
    {
        Assert.Equal(Bucket, ChosenBucket("cf.updateRequestOrigin({})", Bucket));
        Assert.Equal(
            Bucket with { DomainName = "c.s3.eu-west-1.amazonaws.com", Region = "eu-west-1", SendsOwnHost = true },
            ChosenBucket("cf.updateRequestOrigin({ domainName: 'c.s3.eu-west-1.amazonaws.com' })", Bucket));
        Assert.Equal(Bucket with { OriginPath = "/other" }, ChosenBucket("cf.updateRequestOrigin({ originPath: '/other' })", Bucket));
        Assert.False(ChosenBucket("cf.updateRequestOrigin({ originAccessControlConfig: { enabled: false } })", Bucket).Signs(hasAuthorization: false));
    }

    [Fact]
    public void Update_FromBucketToServer_HasNothingOfTheSignature()
    {
        var chosen = Assert.IsType<CustomOrigin>(TargetOf(Run("cf.updateRequestOrigin({ domainName: 'app.test' })", target: Bucket))!.Primary);

        Assert.Equal(("app.test", "/inherited", "X-Inherited", TimeSpan.FromSeconds(20)), (chosen.DomainName, chosen.OriginPath, Assert.Single(chosen.CustomHeaders).Name, chosen.ReadTimeout));
    }

    [Theory]
    [InlineData("{ domainName: 'app.test', hostHeader: 'h.test' }", "hostHeader cannot be set while the origin access control of the behavior's origin is inherited. Say originAccessControlConfig: { enabled: false }.")]
    [InlineData("{ hostHeader: 'h.test' }", "hostHeader is for origins that are not an S3 bucket")]
    [InlineData("{ sni: 'h.test' }", "sni is for origins that are not an S3 bucket")]
    [InlineData("{ timeouts: { readTimeout: 20, responseCompletionTimeout: 19 } }", "timeouts.responseCompletionTimeout must be at least readTimeout")]
    [InlineData("{ timeouts: { responseCompletionTimeout: 19 } }", "timeouts.responseCompletionTimeout leaves 19 s for the whole response and 20 s for each wait")]
    public void Update_OfABucket_BrokenRule_IsNamed(string argument, string rule)
    {
        var error = Assert.IsType<FunctionOutcome.Fail>(Run($"cf.updateRequestOrigin({argument})", target: Bucket).Outcome).Error;
        Assert.StartsWith($"cf.updateRequestOrigin: {rule}", error.Detail, StringComparison.Ordinal);
    }

    private static S3Origin ChosenBucket(string call, Origin assigned) => Assert.IsType<S3Origin>(TargetOf(Run(call, target: assigned))!.Primary);

    [Fact]
    public void CustomHeaders_ElevenOrTooMuch_AreRefused()
    {
        const string make = "var h = {}; for (var i = 0; i < COUNT; i++) h['x-' + i] = 'v'.repeat(LENGTH); cf.updateRequestOrigin({ customHeaders: h })";
        AssertRefused(make.Replace("COUNT", "11").Replace("LENGTH", "1"), "updateRequestOrigin", "customHeaders has more than 10 headers");
        AssertRefused(make.Replace("COUNT", "6").Replace("LENGTH", "1783"), "updateRequestOrigin", "customHeaders has names and values of more than 10,240 characters together");
        AssertRefused("var h = {}; h['x'.repeat(257)] = 'v'; cf.updateRequestOrigin({ customHeaders: h })", "updateRequestOrigin", "customHeaders has a name of more than 256 characters");
    }

    [Fact]
    public void Update_InAGroup_ChangesOnlyTheFirst()
    {
        var target = TargetOf(Run("cf.updateRequestOrigin({ domainName: 'a.test' })", target: Distribution.TargetById("pair")));

        Assert.Equal(("a.test", "spare"), (((CustomOrigin)target!.Primary).DomainName, target.Secondary?.Id));
        Assert.Equal([500], target.FailoverStatusCodes);
    }

    [Fact]
    public void Update_OfAFolder_NeedsADomainName()
    {
        var folder = Distribution.TargetById("files");
        var error = Assert.IsType<FunctionOutcome.Fail>(Run("cf.updateRequestOrigin({ originPath: '/x' })", target: folder).Outcome).Error;
        Assert.StartsWith("cf.updateRequestOrigin: domainName is missing, and the behavior's origin 'files' is a folder", error.Detail, StringComparison.Ordinal);

        Assert.Equal("a.test", ((CustomOrigin)TargetOf(Run("cf.updateRequestOrigin({ domainName: 'a.test' })", target: folder))!.Primary).DomainName);
    }

    // ---------------------------------------------------------------- selectRequestOriginById

    [Fact]
    public void Select_TakesTheOriginWithItsSettings() => Assert.Same(Spare, TargetOf(Run("cf.selectRequestOriginById('spare')"))!.Primary);

    [Fact]
    public void Select_LeavesTheGroup()
    {
        var target = TargetOf(Run("cf.selectRequestOriginById('spare')", target: Distribution.TargetById("pair")));

        Assert.Equal(("spare", null), (target!.Primary.Id, target.Secondary));
    }

    [Fact]
    public void Select_LaysTheOverridesOver() => Assert.Equal(
        "HostHeader=h.test Sni=s.test Names=c.test",
        DifferenceTo(Spare, (CustomOrigin)TargetOf(Run("cf.selectRequestOriginById('spare', { hostHeader: 'h.test', sni: 's.test', allowedCertificateNames: ['c.test'], originPath: '/ignored' })"))!.Primary));

    [Theory]
    [InlineData("", "the origin id must be a string, not undefined")]
    [InlineData("5", "the origin id must be a string, not a number")]
    [InlineData("''", "the origin id must not be empty")]
    [InlineData("'x'.repeat(129)", "the origin id has 129 characters, more than 128")]
    [InlineData("'absent'", "the origin id names 'absent', and the distribution has no such origin. Its origins are main, spare, files.")]
    [InlineData("'pair'", "the origin id names 'pair', an origin group")]
    [InlineData("'spare', 'h.test'", "the second argument must be an object, not string")]
    [InlineData("'spare', null", "the second argument must be an object, not null")]
    [InlineData("'spare', { hostHeader: 'a:1' }", "hostHeader must not have a colon")]
    [InlineData("'spare', { sni: '1.2.3.4' }", "sni must not be an IP address")]
    [InlineData("'spare', { allowedCertificateNames: {} }", "allowedCertificateNames must be an array, not an object")]
    [InlineData("'files', { hostHeader: 'a.test' }", "the origin id names 'files', a folder")]
    public void Select_BrokenRule_IsAValidationErrorThatNamesIt(string arguments, string rule) =>
        AssertRefused($"cf.selectRequestOriginById({arguments})", "selectRequestOriginById", rule);

    // ---------------------------------------------------------------- createRequestOriginGroup

    [Fact]
    public void Group_OfTwoIds_WithItsOwnCriteria()
    {
        var target = TargetOf(Run("cf.createRequestOriginGroup({ originIds: ['spare', 'main'], selectionCriteria: 'default', failoverCriteria: { statusCodes: [404, 503] } })"));

        Assert.Equal(("spare", "main"), (target!.Primary.Id, target.Secondary?.Id));
        Assert.Equal([404, 503], target.FailoverStatusCodes);
    }

    [Fact]
    public void Group_OfObjects_WithOverridesForEach()
    {
        var target = TargetOf(Run("""
            cf.createRequestOriginGroup({ originIds: [
                { originId: 'main', originOverrides: { hostHeader: 'h.test' } },
                { originId: 'spare', originOverrides: { sni: 's.test', allowedCertificateNames: ['c.test'] } } ],
                failoverCriteria: { statusCodes: [500] } })
            """));

        Assert.Equal("HostHeader=h.test", DifferenceTo(Main, (CustomOrigin)target!.Primary));
        Assert.Equal("Sni=s.test Names=c.test", DifferenceTo(Spare, (CustomOrigin)target.Secondary!));
    }

    [Theory]
    [InlineData("", "the argument must be an object, not undefined")]
    [InlineData("{ failoverCriteria: { statusCodes: [500] } }", "originIds is required")]
    [InlineData("{ originIds: 'main', failoverCriteria: { statusCodes: [500] } }", "originIds must be an array, not a string")]
    [InlineData("{ originIds: ['main'], failoverCriteria: { statusCodes: [500] } }", "originIds must have exactly two entries, not 1")]
    [InlineData("{ originIds: ['main', 'spare', 'files'], failoverCriteria: { statusCodes: [500] } }", "originIds must have exactly two entries, not 3")]
    [InlineData("{ originIds: ['main', 'main'], failoverCriteria: { statusCodes: [500] } }", "originIds names 'main' twice")]
    [InlineData("{ originIds: ['main', 5], failoverCriteria: { statusCodes: [500] } }", "originIds[1] must be an id or an object with originId, not number")]
    [InlineData("{ originIds: ['main', {}], failoverCriteria: { statusCodes: [500] } }", "originIds[1].originId is required")]
    [InlineData("{ originIds: ['main', 'absent'], failoverCriteria: { statusCodes: [500] } }", "originIds[1] names 'absent', and the distribution has no such origin")]
    [InlineData("{ originIds: [{ originId: 'main', originOverrides: { sni: 'a:1' } }, 'spare'], failoverCriteria: { statusCodes: [500] } }", "originIds[0].originOverrides.sni must not have a colon")]
    [InlineData("{ originIds: [{ originId: 'main', originOverrides: 1 }, 'spare'], failoverCriteria: { statusCodes: [500] } }", "originIds[0].originOverrides must be an object, not a number")]
    [InlineData("{ originIds: ['main', 'spare'] }", "failoverCriteria is required")]
    [InlineData("{ originIds: ['main', 'spare'], failoverCriteria: [500] }", "failoverCriteria must be an object, not an array")]
    [InlineData("{ originIds: ['main', 'spare'], failoverCriteria: {} }", "failoverCriteria.statusCodes is required")]
    [InlineData("{ originIds: ['main', 'spare'], failoverCriteria: { statusCodes: [] } }", "failoverCriteria.statusCodes must have one to 9 codes, not 0")]
    [InlineData("{ originIds: ['main', 'spare'], failoverCriteria: { statusCodes: [500, 401] } }", "failoverCriteria.statusCodes[1] cannot make an origin fail over. Use some of 400, 403, 404, 416, 429, 500, 502, 503, 504, without quotes.")]
    [InlineData("{ originIds: ['main', 'spare'], failoverCriteria: { statusCodes: ['500'] } }", "failoverCriteria.statusCodes[0] cannot make an origin fail over")]
    [InlineData("{ originIds: ['main', 'spare'], failoverCriteria: { statusCodes: [500.5] } }", "failoverCriteria.statusCodes[0] cannot make an origin fail over")]
    [InlineData("{ originIds: ['main', 'spare'], selectionCriteria: 'fast', failoverCriteria: { statusCodes: [500] } }", "selectionCriteria must be one of default, media-quality-score, not 'fast'")]
    [InlineData("{ originIds: ['main', 'spare'], selectionCriteria: 'media-quality-score', failoverCriteria: { statusCodes: [500] } }", "selectionCriteria asks for selection by media quality, which Brink does not have yet")]
    public void Group_BrokenRule_IsAValidationErrorThatNamesIt(string argument, string rule) => AssertRefused($"cf.createRequestOriginGroup({argument})", "createRequestOriginGroup", rule);

    // ---------------------------------------------------------------- all three

    [Fact]
    public void LaterCall_ReplacesAnEarlierOne()
    {
        Assert.Equal("main", TargetOf(Run("cf.selectRequestOriginById('spare'); cf.selectRequestOriginById('main')"))!.Primary.Id);
        Assert.Equal("main", TargetOf(Run("cf.selectRequestOriginById('absent'); cf.selectRequestOriginById('main')"))!.Primary.Id);
        Assert.IsType<FunctionOutcome.Fail>(Run("cf.selectRequestOriginById('main'); cf.selectRequestOriginById('absent')").Outcome);
        // An update is of the behavior's own origin, whatever was selected before.
        Assert.Equal("main", TargetOf(Run("cf.selectRequestOriginById('spare'); cf.updateRequestOrigin({ originPath: '/x' })"))!.Primary.Id);
    }

    [Theory]
    [InlineData("cf.selectRequestOriginById('spare')")]
    [InlineData("cf.selectRequestOriginById('absent')")]
    [InlineData("cf.updateRequestOrigin(1)")]
    public void ResponseReturned_TheCallMeansNothing(string call) => Assert.IsType<FunctionOutcome.Respond>(Run(call + "; return { statusCode: 204 }").Outcome);

    [Fact]
    public void NoCall_LeavesTheOriginAlone() => Assert.Same(FunctionOutcome.Continue.Instance, Run("").Outcome);

    [Fact]
    public void Choice_DoesNotOutliveTheRun()
    {
        var function = Compile("import cf from 'cloudfront'; function handler(event) { if (event.request.uri == '/other') cf.selectRequestOriginById('spare'); if (event.request.uri == '/bad') cf.updateRequestOrigin(1); return event.request; }");

        Assert.Equal("spare", TargetOf(Run(function, Request("/other")))!.Primary.Id);
        Assert.Null(TargetOf(Run(function, Request("/"))));
        Assert.IsType<FunctionOutcome.Fail>(Run(function, Request("/bad")).Outcome);
        Assert.Null(TargetOf(Run(function, Request("/"))));
    }

    [Fact]
    public void GetterThatThrows_ThrowsFromTheCall()
    {
        var run = Run("try { cf.updateRequestOrigin({ get domainName() { throw new Error('mine'); } }) } catch (e) { console.log(e.message) }");

        Assert.Equal(["mine"], run.Logs);
        Assert.Null(TargetOf(run));
    }

    [Fact]
    public void CallsReturnNothing_AndCostSteps()
    {
        Assert.Equal(["undefined"], Run("console.log(cf.updateRequestOrigin({}))").Logs);
        var error = Assert.IsType<FunctionOutcome.Fail>(Run("for (;;) cf.updateRequestOrigin({ domainName: 'a.test', customHeaders: { 'x-a': 'b' } })").Outcome).Error;
        Assert.Equal(FunctionErrorKind.Execution, error.Kind);
    }

    [Fact]
    public void ViewerResponse_MayNotChangeTheOrigin()
    {
        var function = Compile("import cf from 'cloudfront'; function handler(event) { cf.selectRequestOriginById('spare'); return event.response; }");
        var run = FunctionFixture.Run(function, EventType.ViewerResponse, Request(), Response());

        var error = Assert.IsType<FunctionOutcome.Fail>(run.Outcome).Error;
        Assert.Equal((FunctionErrorKind.OriginRewrite, Sentence), (error.Kind, error.Message));
        Assert.Contains("is for viewer-request functions", error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    // In a test the arguments are checked, their effect is not.
    [InlineData("cf.selectRequestOriginById('any')", "")]
    [InlineData("cf.createRequestOriginGroup({ originIds: ['a', 'b'], selectionCriteria: 'media-quality-score', failoverCriteria: { statusCodes: [500] } })", "")]
    [InlineData("cf.updateRequestOrigin({ domainName: 'b.s3.eu-west-1.amazonaws.com', originAccessControlConfig: { enabled: true, region: 'eu-west-1', signingBehavior: 'always', signingProtocol: 'sigv4', originType: 's3' } })", "")]
    [InlineData("cf.updateRequestOrigin({ originShield: { enabled: true, region: 'us-east-2' } })", "")]
    [InlineData("cf.updateRequestOrigin({ connectionAttempts: 9 })", Sentence)]
    public void Test_RunsTheCallWithoutItsEffect(string call, string message)
    {
        var result = Test($"import cf from 'cloudfront'; function handler(event) {{ {call}; return event.request; }}");

        Assert.Equal(message, result.FunctionErrorMessage);
        Assert.Equal(message.Length == 0, result.FunctionOutput == """{"request":{"headers":{"host":{"value":"www.example.com"}},"method":"GET","querystring":{},"uri":"/a/b","cookies":{}}}""");
        Assert.Equal(message.Length > 0, result.ErrorDetail?.StartsWith("cf.updateRequestOrigin: connectionAttempts must be", StringComparison.Ordinal) == true);
    }

    private static void AssertRefused(string call, string function, string rule)
    {
        var error = Assert.IsType<FunctionOutcome.Fail>(Run(call).Outcome).Error;
        Assert.Equal((FunctionErrorKind.OriginRewrite, Sentence), (error.Kind, error.Message));
        Assert.StartsWith($"cf.{function}: {rule}", error.Detail, StringComparison.Ordinal);
    }

    private static CustomOrigin Chosen(string call) => Assert.IsType<CustomOrigin>(TargetOf(Run(call))!.Primary);

    private static OriginTarget? TargetOf(FunctionRun run) => run.Outcome switch
    {
        FunctionOutcome.Continue go => go.Target,
        FunctionOutcome.Fail(var error) => throw new InvalidOperationException($"{error.Message} {error.Detail}"),
        _ => throw new InvalidOperationException("answered"),
    };

    private static FunctionRun Run(string body, OriginTarget? target = null) =>
        Run(Compile($"import cf from 'cloudfront'; function handler(event) {{ {body}; return event.request; }}"), Request("/", null, ("X-Known", "1")), target);

    private static FunctionRun Run(JavaScriptFunction function, EdgeRequest request, OriginTarget? target = null) =>
        function.InvokeAsync(
            new TriggerEvent
            {
                EventType = EventType.ViewerRequest,
                Request = request,
                DistributionDomainName = Distribution.DomainName,
                DistributionId = Distribution.Id,
                Distribution = Distribution,
                Target = target ?? Main,
            },
            CancellationToken.None).AsTask().Result;

    /// <summary>The settings in which an origin differs, in a fixed order.</summary>
    private static string DifferenceTo(CustomOrigin before, CustomOrigin after)
    {
        var rows = new (string Name, object? Before, object? After)[]
        {
            ("DomainName", before.DomainName, after.DomainName), ("HostHeader", before.HostHeader, after.HostHeader),
            ("SendsOwnHost", before.SendsOwnHost, after.SendsOwnHost), ("Sni", before.Sni, after.Sni),
            ("Names", string.Join(',', before.AllowedCertificateNames), string.Join(',', after.AllowedCertificateNames)),
            ("Path", before.OriginPath, after.OriginPath),
            ("Headers", Text(before), Text(after)), ("Attempts", before.ConnectionAttempts, after.ConnectionAttempts),
            ("Read", before.ReadTimeout.TotalSeconds, after.ReadTimeout.TotalSeconds),
            ("Completion", before.ResponseCompletionTimeout?.TotalSeconds, after.ResponseCompletionTimeout?.TotalSeconds),
            ("KeepAlive", before.KeepaliveTimeout.TotalSeconds, after.KeepaliveTimeout.TotalSeconds),
            ("Connect", before.ConnectionTimeout.TotalSeconds, after.ConnectionTimeout.TotalSeconds),
            ("Protocol", before.ProtocolPolicy, after.ProtocolPolicy), ("Http", before.HttpPort, after.HttpPort), ("Https", before.HttpsPort, after.HttpsPort),
            ("Ip", before.IpAddressType, after.IpAddressType),
        };
        return string.Join(' ', rows.Where(row => !Equals(row.Before, row.After)).Select(row => $"{row.Name}={row.After}"));

        static string Text(CustomOrigin origin) => string.Join(',', origin.CustomHeaders.Select(field => $"{field.Name}:{field.Value}"));
    }
}
