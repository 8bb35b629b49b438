using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Brink.Tests.JavaScript.Properties;

/// <summary>Strings are rows of code points (functions spec 5.5, 1): every operation against the same one on an array of numbers.</summary>
public class StringProperties
{
    private static readonly int[] CodePoints = ['a', 'b', 'c', 'A', ' ', ',', 0, 0xE9, 0x4E2D, 0x1F600, 0x1F601, 0xD83D, 0xDE00, 0xFFFF, 0x10FFFF];

    private static readonly TextFunction Operations = new("""
        var s = e.a, t = e.b, i = Number(e.c), j = Number(e.d), r = [];
        r.push(s.length, t.length, s.slice(i, j), s.slice(i), s.substring(i, j), s.substr(i, j), s.charAt(i), s.indexOf(t), s.indexOf(t, i), s.lastIndexOf(t),
            s.includes(t, i), s.startsWith(t, i), s.endsWith(t), s.concat(t, s), s + t, s.repeat(j & 3), s.padStart(j, t), s.padEnd(j, t), s.split('').length, s.split(t).join('|'),
            s.replace(t, '-'), s.replaceAll('a', t.replaceAll('$', '')), s < t, s === t, s.charCodeAt(i) || -1, s.split('').reverse().join(''), [s + t].join(), JSON.parse(JSON.stringify(s)),
            new TextDecoder().decode(new TextEncoder().encode(s)), decodeURIComponent(encodeURIComponent(s)), Buffer.from(s).toString(), { [s]: 1 }.hasOwnProperty(s), s.codePointAt(i) || -1, s.at ? 1 : 0);
        return JSON.stringify(r);
        """);

    [Fact]
    public void Operations_AreThoseOfCodePoints() => Property.Holds<byte[]>(3_000, bytes =>
    {
        var choices = new Choices(bytes);
        var (i, j) = (choices.Next(16) - 4, choices.Next(16) - 4);
        var t = Take(choices, choices.Next(4));
        var s = Take(choices, 60);
        var result = Operations.Call(ToText(s), ToText(t), i.ToString(CultureInfo.InvariantCulture), j.ToString(CultureInfo.InvariantCulture));
        // half of a pair becomes U+FFFD at the door, two halves side by side one character
        var expected = Model(Arrived(s), Arrived(t), i, j);
        using var actual = JsonDocument.Parse(result);
        var at = 0;
        foreach (var element in actual.RootElement.EnumerateArray())
        {
            var shown = element.ValueKind == JsonValueKind.String ? Shown([.. element.GetString()!.EnumerateRunes().Select(rune => rune.Value)]) : element.GetRawText();
            Assert.True(expected[at] == shown, $"operation {at} on {Shown(s)}, {Shown(t)}, {i}, {j}: {shown} instead of {expected[at]}");
            at++;
        }
        Assert.Equal(expected.Count, at);
    });

    private static int[] Take(Choices choices, int most)
    {
        var taken = new List<int>();
        while (taken.Count < most && !choices.IsEmpty)
            taken.Add(CodePoints[choices.Next(CodePoints.Length)]);
        return [.. taken];
    }

    private static string ToText(int[] codePoints)
    {
        var text = new StringBuilder();
        foreach (var codePoint in codePoints)
        {
            if (codePoint > char.MaxValue)
                text.Append(char.ConvertFromUtf32(codePoint));
            else
                text.Append((char)codePoint);
        }
        return text.ToString();
    }

    private static int[] Arrived(int[] codePoints) => [.. ToText(codePoints).EnumerateRunes().Select(rune => rune.Value)];

    private static string Shown(int[] codePoints) => "<" + string.Join(' ', codePoints.Select(c => c.ToString("X", CultureInfo.InvariantCulture))) + ">";

    private static List<string> Model(int[] s, int[] t, int i, int j)
    {
        int Relative(int at) => at < 0 ? Math.Max(0, s.Length + at) : Math.Min(at, s.Length);
        int Inside(int at) => Math.Clamp(at, 0, s.Length);
        int[] Cut(int from, int to) => from < to ? s[from..to] : [];
        bool IsAt(int at, int[] part) => at >= 0 && at + part.Length <= s.Length && s.AsSpan(at, part.Length).SequenceEqual(part);
        int IndexOf(int[] part, int from)
        {
            for (var at = Inside(from); at + part.Length <= s.Length; at++)
            {
                if (IsAt(at, part))
                    return at;
            }
            return -1;
        }
        int LastIndexOf(int[] part)
        {
            for (var at = s.Length - part.Length; at >= 0; at--)
            {
                if (IsAt(at, part))
                    return at;
            }
            return -1;
        }
        int[] Padding() => j <= s.Length || t.Length == 0 ? [] : [.. Enumerable.Range(0, j - s.Length).Select(at => t[at % t.Length])];
        int[] SplitJoined()
        {
            if (t.Length == 0)
                return [.. s.SelectMany((c, at) => at == 0 ? [c] : (int[])['|', c])];
            var joined = new List<int>();
            for (var at = 0; at < s.Length;)
            {
                if (IsAt(at, t))
                {
                    joined.Add('|');
                    at += t.Length;
                }
                else
                {
                    joined.Add(s[at++]);
                }
            }
            return [.. joined];
        }
        int[] ReplacedOnce() => IndexOf(t, 0) is >= 0 and var at ? [.. s[..at], '-', .. s[(at + t.Length)..]] : s;
        bool IsLess()
        {
            for (var at = 0; at < s.Length && at < t.Length; at++)
            {
                if (s[at] != t[at])
                    return s[at] < t[at];
            }
            return s.Length < t.Length;
        }
        string Of(bool yes) => yes ? "true" : "false";
        string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
        string CodeAt() => i >= 0 && i < s.Length && s[i] != 0 ? Number(s[i]) : "-1";

        var (low, high) = (Math.Min(Inside(i), Inside(j)), Math.Max(Inside(i), Inside(j)));
        var start = Relative(i);
        return
        [
            Number(s.Length), Number(t.Length), Shown(Cut(Relative(i), Relative(j))), Shown(Cut(Relative(i), s.Length)), Shown(Cut(low, high)),
            Shown(Cut(start, Math.Min(s.Length, start + Math.Max(0, j)))), Shown(i >= 0 && i < s.Length ? [s[i]] : []), Number(IndexOf(t, 0)),
            Number(t.Length == 0 ? Inside(i) : IndexOf(t, i)), Number(LastIndexOf(t)),
            Of(IndexOf(t, i) >= 0), Of(IsAt(Inside(i), t)), Of(IsAt(s.Length - t.Length, t)), Shown([.. s, .. t, .. s]), Shown([.. s, .. t]),
            Shown([.. Enumerable.Repeat(s, j & 3).SelectMany(x => x)]), Shown([.. Padding(), .. s]), Shown([.. s, .. Padding()]), Number(s.Length), Shown(SplitJoined()),
            Shown(ReplacedOnce()), Shown([.. s.SelectMany(c => c == 'a' ? t : [c])]), Of(IsLess()), Of(s.AsSpan().SequenceEqual(t)), CodeAt(), Shown([.. s.Reverse()]), Shown([.. s, .. t]), Shown(s),
            Shown(s), Shown(s), Shown(s), "true", CodeAt(), "0",
        ];
    }
}
