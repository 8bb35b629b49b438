namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Where the lines of a log end up: files, a bucket, a server. Used by one <see cref="LogDelivery"/>, one call at a time. What it throws
/// for a disk or a network that fails is <see cref="IOException"/>, <see cref="UnauthorizedAccessException"/>, <see
/// cref="TimeoutException"/> or
/// <see cref="HttpRequestException"/>.
/// </summary>
public interface ILogDestination : IAsyncDisposable
{
    /// <summary>When it has to be tended though no line comes; null for never.</summary>
    DateTimeOffset? DueAt { get; }

    /// <summary>Lines that it took and could not keep.</summary>
    long Lost { get; }

    /// <summary>Takes whole lines, all of them or, when it throws, none: they come again.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken);

    /// <summary>Does what is due: ends files that are old enough.</summary>
    ValueTask TendAsync(CancellationToken cancellationToken);
}
