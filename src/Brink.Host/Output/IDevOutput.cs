using System.Text.Json.Serialization;
using Brink.Edge.Logs;
using Brink.Host.Checking;
using Brink.Host.Files;
using Brink.Lambda.Versions;

namespace Brink.Host.Output;

/// <summary>What <c>brink dev</c> prints: for a person (<see cref="TextOutput"/>) or for a program (<see cref="JsonOutput"/>).</summary>
internal interface IDevOutput : IAccessLog, IAsyncDisposable
{
    /// <summary>Serving from now on.</summary>
    void Started(DevSummary summary);

    /// <summary>A change took effect.</summary>
    /// <param name="files">The files that changed, as named on the command line; empty when only content below the origin folder
    /// did.</param>
    /// <param name="taken">From the change being seen to the new configuration serving.</param>
    void Reloaded(IReadOnlyList<string> files, TimeSpan taken);

    /// <summary>Versions of Lambda@Edge functions are in place, or not, in the regions that this node serves.</summary>
    void Acknowledged(IReadOnlyList<ReplicaAcknowledgement> acknowledgements);

    /// <summary>Something is left out; everything else serves.</summary>
    void Warned(IReadOnlyList<FileMistake> warnings);

    void IAccessLog.Warned(string place, string message) => Warned([new FileMistake(place, message)]);

    /// <summary>A change cannot take effect; the old configuration goes on serving.</summary>
    void Refused(IReadOnlyList<FileMistake> mistakes);

    /// <summary>What <c>brink function check</c> finds in functions whose code is new.</summary>
    void Checked(IReadOnlyList<FileReport> reports);

    /// <summary>No more connections are accepted; requests under way finish.</summary>
    void Draining();
}

/// <summary>What is served, for the first lines.</summary>
internal sealed record DevSummary(
    IReadOnlyList<string> Urls, IReadOnlyList<DevDistribution> Distributions, IReadOnlyList<DevFunction> Functions, string? KeyValueStoreId)
{
    /// <summary>The object that / is, by a flag or by the folder; null where a distribution's file says it, or nothing does.</summary>
    public string? DefaultRootObject { get; init; }

    /// <summary>The URL of the operator's port; null for none.</summary>
    public string? Admin { get; init; }

    /// <summary>The local authority that signs certificates, PEM; null without TLS, or where every certificate was given.</summary>
    public string? LocalAuthority { get; init; }

    /// <summary>Whose rules of caching count, where a flag says it; else null.</summary>
    public string? HttpCaching { get; init; }
}

/// <summary>One distribution of the summary.</summary>
internal sealed record DevDistribution(string Id, string DomainName, IReadOnlyList<string> Aliases, string Origin)
{
    /// <summary>The settings that it has and that are left out; null where there is none.</summary>
    public IReadOnlyList<string>? Ignored { get; init; }

    /// <summary>True for a staging distribution, else null.</summary>
    public bool? Staging { get; init; }
}
