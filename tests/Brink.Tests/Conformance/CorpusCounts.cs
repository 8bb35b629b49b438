using System.Text;
using Brink.JavaScript;

namespace Brink.Tests.Conformance;

/// <summary>The table of docs/conformance.md.</summary>
internal static class CorpusCounts
{
    public static string NameOf(Runtime runtime) => runtime == Runtime.CloudFrontJs10 ? "1.0" : "2.0";

    public static string Table()
    {
        var text = new StringBuilder();
        text.Append("| section and rule of the functions spec | file | rows | in 2.0 | in 1.0 |\n| --- | --- | ---: | ---: | ---: |\n");
        int all = 0, all20 = 0, all10 = 0;
        foreach (var file in Corpus.Files())
        {
            foreach (var group in Corpus.Read(file).GroupBy(row => row.Group))
            {
                var rows = group.Count();
                var in20 = group.Count(row => row.Runtimes.Contains(Runtime.CloudFrontJs20));
                var in10 = group.Count(row => row.Runtimes.Contains(Runtime.CloudFrontJs10));
                text.Append($"| {group.Key.Replace("|", "\\|", StringComparison.Ordinal)} | `{file}` | {rows} | {in20} | {in10} |\n");
                all += rows;
                all20 += in20;
                all10 += in10;
            }
        }
        return text.Append($"| **all** | | **{all}** | **{all20}** | **{all10}** |\n").ToString();
    }
}
