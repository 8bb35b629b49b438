using Brink.JavaScript.Hosting;

namespace Brink.Functions.Results;

/// <summary>The names that results are read by.</summary>
internal static class ResultNames
{
    public static readonly ScriptName Encoding = new("encoding");
    public static readonly ScriptName Data = new("data");
    public static readonly ScriptName Value = new("value");
    public static readonly ScriptName MultiValue = new("multiValue");
    public static readonly ScriptName Attributes = new("attributes");
    public static readonly ScriptName StatusCode = new("statusCode");
    public static readonly ScriptName StatusDescription = new("statusDescription");
    public static readonly ScriptName Headers = new("headers");
    public static readonly ScriptName Cookies = new("cookies");
    public static readonly ScriptName Body = new("body");
    public static readonly ScriptName Method = new("method");
    public static readonly ScriptName Uri = new("uri");
    public static readonly ScriptName QueryString = new("querystring");

    /// <summary>All of them.</summary>
    public static readonly ScriptName[] All =
    [
        Encoding, Data, Value, MultiValue, Attributes, StatusCode, StatusDescription, Headers,
        Cookies, Body, Method, Uri, QueryString,
    ];
}
