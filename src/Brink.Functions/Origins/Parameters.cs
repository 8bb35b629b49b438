using Brink.JavaScript.Hosting;

namespace Brink.Functions.Origins;

/// <summary>The names of the parameters of origin functions (functions spec 7.1).</summary>
internal static class Parameters
{
    public static readonly ScriptName DomainName = new("domainName");
    public static readonly ScriptName HostHeader = new("hostHeader");
    public static readonly ScriptName OriginPath = new("originPath");
    public static readonly ScriptName CustomHeaders = new("customHeaders");
    public static readonly ScriptName ConnectionAttempts = new("connectionAttempts");
    public static readonly ScriptName OriginShield = new("originShield");
    public static readonly ScriptName OriginAccessControlConfig = new("originAccessControlConfig");
    public static readonly ScriptName Timeouts = new("timeouts");
    public static readonly ScriptName CustomOriginConfig = new("customOriginConfig");
    public static readonly ScriptName Sni = new("sni");
    public static readonly ScriptName AllowedCertificateNames = new("allowedCertificateNames");

    public static readonly ScriptName Enabled = new("enabled");
    public static readonly ScriptName Region = new("region");
    public static readonly ScriptName SigningBehavior = new("signingBehavior");
    public static readonly ScriptName SigningProtocol = new("signingProtocol");
    public static readonly ScriptName OriginType = new("originType");

    public static readonly ScriptName ReadTimeout = new("readTimeout");
    public static readonly ScriptName ResponseCompletionTimeout = new("responseCompletionTimeout");
    public static readonly ScriptName KeepAliveTimeout = new("keepAliveTimeout");
    public static readonly ScriptName ConnectionTimeout = new("connectionTimeout");

    public static readonly ScriptName Port = new("port");
    public static readonly ScriptName Protocol = new("protocol");
    public static readonly ScriptName SslProtocols = new("sslProtocols");
    public static readonly ScriptName IpAddressType = new("ipAddressType");

    public static readonly ScriptName OriginIds = new("originIds");
    public static readonly ScriptName OriginId = new("originId");
    public static readonly ScriptName OriginOverrides = new("originOverrides");
    public static readonly ScriptName SelectionCriteria = new("selectionCriteria");
    public static readonly ScriptName FailoverCriteria = new("failoverCriteria");
    public static readonly ScriptName StatusCodes = new("statusCodes");
}
