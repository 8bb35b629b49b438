using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Brink.Scenarios.Samples;

/// <summary>Free ports in the place of those that a sample's origins have in its README and its distribution: here they may be in use.</summary>
internal sealed partial class FreePorts(string folder)
{
    private readonly Dictionary<string, string> _ports = new(StringComparer.Ordinal);

    /// <summary>A text with other ports; a distribution in it is a copy with these.</summary>
    public string Instead(string text)
    {
        text = Distribution().Replace(text, match =>
        {
            var copy = Path.Combine(folder, Path.GetFileName(match.Value));
            File.WriteAllText(copy, Port().Replace(File.ReadAllText(Kit.Repository.PathTo(match.Value)), port => Free(port.Value)));
            return copy;
        });
        return Port().Replace(text, port => Free(port.Value));
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

    /// <summary>The ports in documents and samples: 8080, and of origins 3000 and the nine thousands.</summary>
    [GeneratedRegex(@"(?<=[ :]""?)(?:3000|8080|9[0-9]{3})(?![0-9])")]
    private static partial Regex Port();

    [GeneratedRegex(@"(?:samples|docs)/[\w./-]*distribution\.json")]
    private static partial Regex Distribution();
}
