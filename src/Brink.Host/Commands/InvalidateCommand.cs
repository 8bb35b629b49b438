using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Brink.Host.Admin;
using Brink.Host.CommandLine;
using Brink.Invalidation;

namespace Brink.Host.Commands;

/// <summary><c>brink invalidate</c>: what a running brink has cached is not served any more (distribution spec 3.14).</summary>
internal static class InvalidateCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "A path as viewers ask for it, or one that ends in * and means all that begin so. Quote it: shells know * too.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var tags = new Option<string[]>("--tag")
        {
            Description = "A cache tag: every object that has it. Or write it as a path, '#TAG', as at AWS.", HelpName = "TAG",
        };
        var all = new Option<bool>("--all") { Description = "Everything." };
        var distribution = new Option<string?>("--distribution")
        {
            Description = "Only what this distribution has cached. Default: all distributions.", HelpName = "ID",
        };
        var json = new Option<bool>("--json") { Description = "Prints what the port answers." };
        var admin = OperatorsPort.Option();
        var command = new DescribedCommand("invalidate", "Takes objects out of the caches of a running brink, at once.")
        {
            paths,
            { "What is meant", tags, all, distribution },
            { "Where, and what is printed", admin, json },
        };
        command.Examples =
        [
            ("brink invalidate /index.html '/images/*'", "Takes out a path, and all that begins with another."),
            ("brink invalidate --tag product:tv", "Takes out what the origin tagged so, with CacheTagConfig."),
        ];
        command.Validators.Add(result =>
        {
            var (givenPaths, givenTags) = (result.GetValue(paths) ?? [], result.GetValue(tags) ?? []);
            foreach (var path in givenPaths)
            {
                if (InvalidationItem.Read(path, out var mistake) is null)
                    result.AddError(mistake!);
            }
            foreach (var tag in givenTags)
            {
                if (InvalidationItem.ReadTag(tag, out var mistake) is null)
                    result.AddError(mistake!);
            }
            var count = givenPaths.Length + givenTags.Length;
            if (result.GetValue(all) == count > 0)
                result.AddError(count > 0
                    ? "--all beside a path or a tag: it means them too"
                    : "nothing to invalidate: name a PATH, a --tag TAG, or --all");
        });
        command.SetAction((parsed, cancellationToken) => OperatorsPort.ShowAsync(
            parsed.GetValue(admin)!,
            "/invalidations",
            Request(parsed.GetValue(distribution), parsed.GetValue(paths) ?? [], parsed.GetValue(tags) ?? []),
            AdminJson.Default.InvalidationList,
            parsed.GetValue(json) ? null : Text,
            cancellationToken));
        return command;
    }

    private static string Text(InvalidationList accepted) => string.Concat(accepted.Invalidations.Select(each => string.Create(
        CultureInfo.InvariantCulture,
        $"{each.Number}: {SafeText.Of(each.Meaning)}{(each.Distribution is { } id ? $" of {id}" : "")}\n")));

    private static byte[] Request(string? distribution, string[] paths, string[] tags)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (distribution is not null)
                writer.WriteString("distribution", distribution);
            if (paths.Length + tags.Length == 0)
                writer.WriteBoolean("everything", true);
            WriteArray(writer, "paths", paths);
            WriteArray(writer, "tags", tags);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, string[] items)
    {
        if (items.Length == 0)
            return;
        writer.WriteStartArray(name);
        foreach (var item in items)
            writer.WriteStringValue(item);
        writer.WriteEndArray();
    }
}
