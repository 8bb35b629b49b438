using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Brink.Configuration;

namespace Brink.Distributions;

/// <summary>CustomErrorResponses: for each status how long it is kept, and the page in its place (distribution spec 2.10).</summary>
internal static class CustomErrorReader
{
    private const int Success = 200;

    private static readonly int[] ErrorCodes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

    /// <summary>What the path of a request can hold. The name of an object may hold more, percent-encoded.</summary>
    private static readonly SearchValues<char> InPath =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x5e).Select(c => (char)c).Except("?#")]);

    /// <summary>Reads the list into the distribution.</summary>
    public static Distribution Read(ConfigObject root, Distribution distribution)
    {
        if (root.Object("CustomErrorResponses") is not { } list)
            return distribution;
        var ttls = ImmutableDictionary.CreateBuilder<int, TimeSpan>();
        var pages = ImmutableDictionary.CreateBuilder<int, CustomErrorPage>();
        foreach (var item in list.Objects())
        {
            var code = (int?)item.Number("ErrorCode", 400, 599, required: true);
            if (code is { } known && !ErrorCodes.Contains(known))
                item.Mistake("ErrorCode", $"{known} cannot be configured", $"Use one of {string.Join(", ", ErrorCodes)}");
            var seconds = item.Number("ErrorCachingMinTTL", 0, int.MaxValue);
            var page = ReadPage(item, code ?? 0);
            if (code is { } status)
            {
                if (!ttls.TryAdd(status, seconds is { } given ? TimeSpan.FromSeconds(given) : Limits.ErrorCachingMinTtl))
                    item.Mistake("ErrorCode", $"{status} is configured twice", "Leave one of them");
                else if (page is not null)
                    pages.Add(status, page);
            }
            item.Close();
        }
        list.Close();
        return distribution with { ErrorCachingMinTtl = ttls.ToImmutable(), CustomErrorPages = pages.ToImmutable() };
    }

    private static CustomErrorPage? ReadPage(ConfigObject item, int errorCode)
    {
        var (path, code) = (item.Text("ResponsePagePath") ?? "", item.Text("ResponseCode") ?? "");
        if (path.Length == 0 && code.Length == 0)
            return null;
        if (path.Length == 0)
            item.Mistake(
                "ResponsePagePath", "ResponseCode comes with a page, and none is named", "Name the page, or leave ResponseCode out");
        else if (code.Length == 0)
            item.Mistake("ResponseCode", "a page is named, and no status to send with it", "Add one, such as \"404\" or \"200\"");

        if (path.Length > 0 && !path.StartsWith('/'))
            item.Mistake("ResponsePagePath", $"'{path}' does not begin with a slash", $"Write '/{path}'");
        if (path.Length > Limits.UrlBytes)
            item.Mistake("ResponsePagePath", $"the path is longer than {Limits.UrlBytes} characters", "Shorten it");
        if (path.Contains('?'))
            item.Mistake(
                "ResponsePagePath", "a page is asked for by its path alone, without a query", "Leave out what follows the question mark");
        else if (path.AsSpan().ContainsAnyExcept(InPath))
            item.Mistake("ResponsePagePath", "the path holds a character that a URL cannot have", "Percent-encode it");

        var isNumber = int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status);
        if (code.Length > 0 && !(isNumber && (status == Success || ErrorCodes.Contains(status))))
            item.Mistake("ResponseCode", $"'{code}' cannot be sent", $"Use one of {Success}, {string.Join(", ", ErrorCodes)}");
        return new CustomErrorPage(errorCode, path, status);
    }
}
