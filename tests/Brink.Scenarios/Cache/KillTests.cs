using System.Globalization;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Cache;

/// <summary>
/// <c>brink dev --cache-dir</c> is killed while it fills its cache, again and again, and every body that it ever serves is right.
/// BRINK_KILLS says how often (10), BRINK_SEED with which seed.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int Viewers = 8, Paths = 400;
    private const long Size = 64 << 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task KilledDuringFills_NeverServesAWrongByte_AndKeepsWhatItHad()
    {
        var (kills, seed) = (Setting("BRINK_KILLS", 10), Setting("BRINK_SEED", 1));
        var random = new Random(seed);
        var cache = Path.Combine(_folder.FullName, "cache");
        await using var origin = await HashedOrigin.StartAsync();
        var (answers, hits) = (0, 0);
        for (var kill = 1; kill <= kills; kill++)
        {
            await using var brink = BrinkDev.Start(
                "--origin", origin.Url, "--cache-dir", cache, "--cache-size", "64M", "--cache-memory", "8M", "--tiers", random.Next(1, 3).ToString(CultureInfo.InvariantCulture));
            var left = random.Next(50, 400);
            var isKilled = false;
            var wrong = new System.Collections.Concurrent.ConcurrentQueue<string>();
            await Task.WhenAll(Enumerable.Range(0, Viewers).Select(_ => ViewAsync(new Random(random.Next()))));

            Assert.True(wrong.IsEmpty, $"seed {seed}, kill {kill}: {string.Join("; ", wrong)}");
            var bytes = new DirectoryInfo(cache).EnumerateFiles().Sum(file => file.Length);
            Assert.True(bytes <= Size, $"seed {seed}, kill {kill}: {bytes} bytes on disk");

            async Task ViewAsync(Random chosen)
            {
                while (!Volatile.Read(ref isKilled))
                {
                    var path = string.Create(CultureInfo.InvariantCulture, $"/{chosen.Next(chosen.Next(Paths) + 1)}");
                    try
                    {
                        using var response = await brink.GetAsync(path);
                        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                        if ((int)response.StatusCode != 200 || !body.AsSpan().SequenceEqual(HashedOrigin.BodyOf(path)))
                            wrong.Enqueue($"{path}: {(int)response.StatusCode} with {body.Length} bytes, {response.Header("X-Cache")}");
                        Interlocked.Increment(ref answers);
                        if (response.Header("X-Cache") == "Hit from cloudfront")
                            Interlocked.Increment(ref hits);
                    }
                    catch (Exception exception) when (exception is HttpRequestException or IOException)
                    {
                        if (!Volatile.Read(ref isKilled))
                            wrong.Enqueue($"{path}: {exception.Message}");
                    }
                    if (Interlocked.Decrement(ref left) == 0)
                    {
                        Volatile.Write(ref isKilled, true);
                        brink.Process.Signal(9);
                    }
                }
            }
        }

        // All that was ever asked for is there: the last process has it from those that were killed.
        await using var last = BrinkDev.Start("--origin", origin.Url, "--cache-dir", cache, "--cache-size", "64M", "--cache-memory", "8M");
        var (asked, found) = (origin.Asked, 0);
        for (var i = 0; i < 50; i++)
        {
            using var response = await last.GetAsync($"/{i}");
            Assert.Equal(HashedOrigin.BodyOf($"/{i}"), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            found += response.Header("X-Cache") == "Hit from cloudfront" ? 1 : 0;
        }
        TestContext.Current.SendDiagnosticMessage($"{kills} kills, {answers} answers, {hits} hits, {found} of 50 after the last one, seed {seed}");
        Assert.True(found > 10, $"seed {seed}: {found} of 50 objects were there after the last start, the origin was asked {origin.Asked - asked} times");
    }

    private static int Setting(string name, int byDefault) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : byDefault;
}
