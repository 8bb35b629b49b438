namespace Brink.Tests.Settings;

/// <summary>How one row of the table is proved: the setting is sent, and what becomes of it is what the row says.</summary>
/// <param name="Here">The row's word.</param>
/// <param name="RunAsync">The proof.</param>
internal sealed record Case(string Here, Func<Task> RunAsync)
{
    public const string IsEnforced = "enforced", IsRefused = "refused", HasNoEffect = "no effect here", IsNotYet = "not yet";

    /// <summary>With one value and the other, the probe sees different traffic.</summary>
    public static Case Enforced(Func<Site> kind, Func<Site, Task<string>> probe, (Action<Site> Say, string Seen) one, (Action<Site> Say, string Seen) other) => new(IsEnforced, async () =>
    {
        Assert.NotEqual(one.Seen, other.Seen);
        foreach (var (say, seen) in new[] { one, other })
        {
            await using var site = kind();
            say(site);
            await site.StartAsync();
            Assert.Equal(seen, await probe(site));
        }
    });

    /// <summary>The same for a field of a document; null leaves it out.</summary>
    public static Case Enforced(
        Func<Site> kind, string path, (string? Json, string Seen) one, (string? Json, string Seen) other, Func<Site, Task<string>> probe, Action<Site>? before = null)
    {
        Action<Site> Say(string? json) => site =>
        {
            before?.Invoke(site);
            site.Set(path, json);
        };
        return Enforced(kind, probe, (Say(one.Json), one.Seen), (Say(other.Json), other.Seen));
    }

    /// <summary>The start fails with exit code 1, and with a sentence about the field.</summary>
    public static Case Refused(Func<Site> kind, string path, string json, string sentence, string? place = null) => new(IsRefused, async () =>
    {
        await using var site = kind();
        site.Set(path, json);
        var (exitCode, errors) = await site.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains($"$.{place ?? path}: ", errors, StringComparison.Ordinal);
        Assert.Contains(sentence, errors, StringComparison.Ordinal);
    });

    /// <summary>Traffic is the same with one value and the other.</summary>
    public static Case NoEffect(Func<Site> kind, string path, string? one, string? other, Func<Site, Task<string>>? probe = null, params string[] flags) => new(HasNoEffect, async () =>
    {
        var seen = new List<string>();
        foreach (var json in new[] { one, other })
        {
            await using var site = kind();
            site.Flags.AddRange(flags);
            site.Set(path, json);
            await site.StartAsync();
            seen.Add(await (probe?.Invoke(site) ?? site.TrafficAsync()));
        }
        Assert.Equal(seen[0], seen[1]);
    });

    /// <summary>A test elsewhere sends the setting to real processes; it must still be there, and still name it.</summary>
    public static Case ProvedBy(string file, string test, string setting) => new(IsEnforced, () =>
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "tests", file));
        Assert.Contains($" {test}(", text, StringComparison.Ordinal);
        Assert.Contains(setting, text, StringComparison.Ordinal);
        return Task.CompletedTask;
    });
}
