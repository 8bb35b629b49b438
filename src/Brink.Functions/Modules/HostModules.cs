using Brink.Functions.Results;
using Brink.JavaScript;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary>What CloudFront adds to the language in each runtime (functions spec 5.4, 6.1).</summary>
internal static class HostModules
{
    private static readonly HostEnvironment Js10 = new()
    {
        Modules = new Dictionary<string, HostModule> { ["crypto"] = CryptoModule.Module, ["querystring"] = QueryStringModule.Module },
        Globals = new Dictionary<string, HostModule> { ["console"] = ConsoleModule.Module },
        Names = ResultNames.All,
    };

    private static readonly HostEnvironment Js20 = new()
    {
        Modules = new Dictionary<string, HostModule>
        {
            ["crypto"] = CryptoModule.Module,
            ["querystring"] = QueryStringModule.Module,
            ["cloudfront"] = CloudFrontModule.Module,
        },
        Globals = Js10.Globals,
        Names = ResultNames.All,
    };

    public static HostEnvironment For(Runtime runtime) => runtime == Runtime.CloudFrontJs10 ? Js10 : Js20;
}
