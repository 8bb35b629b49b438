using System.Text;
using System.Text.Json.Serialization;
using Brink.Edge.Logs;
using Brink.Functions;
using Brink.Host.Checking;
using Brink.Host.CommandLine;
using Brink.Lambda.Versions;

namespace Brink.Host.Output;

/// <summary>What <c>brink dev</c> tells: to a person (<see cref="TextOutput"/>) or to a program (<see cref="JsonOutput"/>).</summary>
internal interface IDevOutput : IAccessLog, IAsyncDisposable
{
    /// <summary>Serving from now on.</summary>
    void Started(DevSummary summary);

    /// <summary>A change took effect.</summary>
    /// <param name="files">The files that changed, as named on the command line; empty when only content below the origin folder did.</param>
    /// <param name="taken">From the change being seen to the new configuration serving.</param>
    void Reloaded(IReadOnlyList<string> files, TimeSpan taken);

    /// <summary>Versions of functions of tier 2 are in place, or not, in the regions that this node serves.</summary>
    void Acknowledged(IReadOnlyList<ReplicaAcknowledgement> acknowledgements);

    /// <summary>Something is left out, and everything serves all the same.</summary>
    void Warned(IReadOnlyList<DevMistake> warnings);

    /// <summary>A change cannot take effect; the old configuration goes on serving.</summary>
    void Refused(IReadOnlyList<DevMistake> mistakes);

    /// <summary>What <c>brink function check</c> says of functions whose code is new.</summary>
    void Checked(IReadOnlyList<FileReport> reports);

    /// <summary>Accepting nothing more; requests under way finish.</summary>
    void Draining();
}

/// <summary>What is served, for the first lines.</summary>
internal sealed record DevSummary(IReadOnlyList<string> Urls, IReadOnlyList<DevDistribution> Distributions, IReadOnlyList<DevFunction> Functions, string? KeyValueStoreId)
{
    /// <summary>What / is by a flag or by the folder; null where a distribution's own file says it, or nothing does.</summary>
    public string? DefaultRootObject { get; init; }

    /// <summary>There is TLS, with a certificate that no viewer trusts by itself.</summary>
    public bool CertificateIsSelfSigned { get; init; }
}

/// <summary>One distribution of the summary.</summary>
internal sealed record DevDistribution(string Id, string DomainName, IReadOnlyList<string> Aliases, string Origin);

/// <summary>One function of the summary.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">As named on the command line.</param>
/// <param name="Runtime">The identifier.</param>
/// <param name="Arn">Its ARN.</param>
/// <param name="Debugger">Where a debugger may attach; null where none may.</param>
internal sealed record DevFunction(string Name, string File, string Runtime, string Arn, string? Debugger = null);

/// <summary>Why a file cannot be used.</summary>
/// <param name="File">As named on the command line.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Detail">Place, source line and caret; null when there is no more to say.</param>
internal sealed record DevMistake(string File, string Message, string? Detail = null)
{
    /// <summary>What AWS says of a function, of which <see cref="Detail"/> begins with place and cause; else null.</summary>
    [JsonIgnore]
    public string? FunctionErrorMessage { get; private init; }

    /// <summary>Of a function that does not compile.</summary>
    public static DevMistake Of(string file, FunctionError error) =>
        new(file, error.Message, error.Detail) { FunctionErrorMessage = error.Place is null ? null : error.Message };

    /// <summary>As lines: the place and the cause, what there is to see, AWS's sentence.</summary>
    public void AppendTo(StringBuilder text, Colors colors)
    {
        if (FunctionErrorMessage is null)
            text.Append(colors.Red(SafeText.Of(File))).Append(": ").AppendJoin("\n    ", Message.Split('\n').Select(line => SafeText.Of(line))).Append('\n');
        var isFirst = FunctionErrorMessage is not null;
        foreach (var line in Detail.AsSpan().EnumerateLines())
        {
            if (Detail is not null)
                text.Append(isFirst ? "" : "    ").Append(isFirst ? colors.Red(SafeText.Of(line)) : SafeText.Of(line)).Append('\n');
            isFirst = false;
        }
        if (FunctionErrorMessage is { } sentence)
            text.Append("    FunctionErrorMessage: ").Append(SafeText.Of(sentence)).Append('\n');
    }
}
