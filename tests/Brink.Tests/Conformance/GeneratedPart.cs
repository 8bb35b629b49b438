namespace Brink.Tests.Conformance;

/// <summary>
/// A part of docs/conformance.md that tests write: between <c>&lt;!-- NAME --&gt;</c> and <c>&lt;!-- end of NAME --&gt;</c>. With BRINK_RENEW=1 in the
/// environment it is written, else compared.
/// </summary>
internal static class GeneratedPart
{
    private static readonly Lock Gate = new();

    public static void Check(string name, string content)
    {
        var path = Path.Combine(Corpus.Root, "docs", "conformance.md");
        lock (Gate)
        {
            var document = File.ReadAllText(path);
            var start = document.IndexOf($"<!-- {name} -->\n", StringComparison.Ordinal) + $"<!-- {name} -->\n".Length;
            var end = document.IndexOf($"<!-- end of {name} -->", StringComparison.Ordinal);
            Assert.True(end >= start, $"docs/conformance.md has no part '{name}'");
            if (Environment.GetEnvironmentVariable("BRINK_RENEW") == "1")
                File.WriteAllText(path, document[..start] + content + document[end..]);
            else
                Assert.True(document[start..end] == content, $"docs/conformance.md is out of date in its part '{name}'. Renew it: BRINK_RENEW=1 ./test conformance");
        }
    }
}
