using System.Collections.Immutable;
using System.Globalization;
using Brink.Http;

namespace Brink.Host.Options;

/// <summary>A number for every Lambda@Edge function, or for one by its name: <c>--memory 512 --memory resize=1024</c>.</summary>
internal sealed class PerFunction
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private int? _forAll;

    /// <summary>The number for a function; null when none was given.</summary>
    public int? For(string name) => _byName.TryGetValue(name, out var number) ? number : _forAll;

    /// <summary>Names that were given a number of their own.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Reads the values of a flag that may be given several times.</summary>
    public static PerFunction Read(string flag, ImmutableArray<string> values, int least, int most, string unit, List<string> mistakes)
    {
        var read = new PerFunction();
        foreach (var value in values)
        {
            var at = value.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? null : value[..at];
            if (name is "" || !WireNumber.TryRead(value.AsSpan(at + 1), most, out var number) || number < least)
                mistakes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{flag} {value}: {least} to {most} {unit}, for all Lambda@Edge functions or as NAME=N for one"));
            else if (name is null ? read._forAll is not null : !read._byName.TryAdd(name, number))
                mistakes.Add($"{flag} {value}: that is said twice");
            else if (name is null)
                read._forAll = number;
        }
        return read;
    }
}
