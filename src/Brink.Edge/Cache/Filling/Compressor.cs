using System.Diagnostics.CodeAnalysis;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Filling;

/// <summary>
/// Compresses bodies on their way from the origin into the cache (distribution spec 3.8). It serves the cache's hits first: one piece of
/// work at a time for every two processors, on threads of the pool, never on those that poll connections. Encoders of bodies that are
/// stored take their memory from what all fills may hold together. Others are read at the pace of their viewer and have memory of their
/// own, so that slow viewers keep nothing from being stored. Where it is used up a body stays as it is, as CloudFront does when it is busy.
/// </summary>
/// <param name="fills">For bodies that are stored.</param>
/// <param name="passing">For bodies that are not.</param>
[SuppressMessage("Design", "CA1001", Justification =
    "The semaphore has no wait handle: there is nothing to dispose, and bodies under way may still wait for their turn.")]
internal sealed class Compressor(FillBudget fills, FillBudget passing)
{
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>
    /// Compresses the response where the rules say so: its fields are changed, its body becomes one that compresses as it is read. HEAD
    /// gets the fields alone. Null where it stays as it is.
    /// </summary>
    public EdgeCoding? Apply(RegionalRequest asked, EdgeResponse response, bool isStored)
    {
        if (EdgeCompression.CodingFor(asked, response) is not { } coding)
            return null;
        if (asked.Request.Method != "HEAD")
        {
            var length = response.Body.Length!.Value;
            var budget = isStored ? fills : passing;
            var memory = ContentEncoder.MemoryOf(coding, length);
            if (!budget.TryTake(memory))
            {
                asked.Note(RequestStepKind.NotCompressed);
                return null;
            }
            var source = response.Body.ToStream();
            var compressing = new CompressingStream(source, length, coding, _turns, () => budget.Give(memory));
            response.Body = new StreamBody(compressing, null);
        }
        asked.Note(RequestStepKind.Compressed, coding.Token());
        return EdgeCompression.Describe(response.Headers, coding);
    }
}
