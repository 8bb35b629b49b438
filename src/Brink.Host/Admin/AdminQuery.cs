using Brink.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Brink.Host.Admin;

/// <summary>The query of a page of the operator's port.</summary>
internal sealed class AdminQuery
{
    private readonly Dictionary<string, StringValues> _values;

    private AdminQuery(Dictionary<string, StringValues> values) => _values = values;

    /// <summary>Reads it. A name that is not known is a mistake.</summary>
    public static AdminQuery Read(string query, List<string> mistakes, params string[] known)
    {
        var values = QueryHelpers.ParseQuery(query);
        foreach (var name in values.Keys.Where(name => !known.Contains(name, StringComparer.Ordinal)))
            mistakes.Add($"'{name}' is nothing that is read: there are {string.Join(", ", known)}");
        return new AdminQuery(values);
    }

    /// <summary>The last value of that name; null for none.</summary>
    public string? One(string name) => _values.TryGetValue(name, out var values) && values is [.., { Length: > 0 } last] ? last : null;

    /// <summary>All values of that name.</summary>
    public IEnumerable<string> All(string name) => _values.TryGetValue(name, out var values) ? values.OfType<string>() : [];

    /// <summary>A number of a range; null for none, and for a mistake.</summary>
    public int? Number(string name, int least, int most, List<string> mistakes)
    {
        if (One(name) is not { } text)
            return null;
        if (WireNumber.TryRead(text, most, out var number) && number >= least)
            return (int)number;
        mistakes.Add($"{name} {text}: a number from {least} to {most}");
        return null;
    }
}
