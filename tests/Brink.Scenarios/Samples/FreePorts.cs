using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;
using Brink.Scenarios.Samples.Lambda;

namespace Brink.Scenarios.Samples;

/// <summary>
/// Free ports in the place of those that a sample's servers have in its README and its configuration: here they may be in use. Where a configuration says how many
/// seconds a server may take, it gets ten times as many: the machine is a busy one.
/// </summary>
internal sealed partial class FreePorts(string folder)
{
    private readonly Dictionary<string, string> _ports = new(StringComparer.Ordinal);

    /// <summary>Those that were given out so far.</summary>
    public IReadOnlyCollection<string> Given => _ports.Values;

    /// <summary>A text with other ports; a configuration that it names, and a function that has one, is a copy with these.</summary>
    public string Instead(string text)
    {
        text = Function().Replace(text, match => HasPorts(Path.Combine(Repository.PathTo(match.Value), "config.json")) ? CopyOf(match.Value) : match.Value);
        text = Configuration().Replace(text, match => WithFreePorts(Repository.PathTo(match.Value), Path.Combine(folder, Path.GetFileName(match.Value))));
        return Port().Replace(text, port => Free(port.Value));
    }

    private static bool HasPorts(string file) => File.Exists(file) && Port().IsMatch(File.ReadAllText(file));

    private string CopyOf(string function)
    {
        var copy = Path.Combine(folder, function);
        if (!Directory.Exists(copy))
        {
            SampleCopy.CopyWithoutModules(Repository.PathTo(function), copy);
            WithFreePorts(Path.Combine(copy, "config.json"), Path.Combine(copy, "config.json"));
        }
        return copy;
    }

    private string WithFreePorts(string file, string copy)
    {
        var text = Port().Replace(File.ReadAllText(file), port => Free(port.Value));
        File.WriteAllText(copy, Patience().Replace(text, "${0}0"));
        return copy;
    }

    private string Free(string port)
    {
        if (!_ports.TryGetValue(port, out var free))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _ports[port] = free = ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        }
        return free;
    }

    /// <summary>The ports in documents and samples: 8080, of DynamoDB 8000, and of origins 3000 and the nine thousands.</summary>
    [GeneratedRegex(@"(?<=[ :]""?)(?:3000|8000|8080|9[0-9]{3})(?![0-9])")]
    private static partial Regex Port();

    [GeneratedRegex(@"(?<=""timeout[A-Za-z_]*"": )\d+")]
    private static partial Regex Patience();

    [GeneratedRegex(@"(?:samples|docs)/[\w./-]*(?:distribution|s3)\.json")]
    private static partial Regex Configuration();

    [GeneratedRegex(@"samples/lambda/[\w-]+/function(?=[\s']|$)")]
    private static partial Regex Function();
}
