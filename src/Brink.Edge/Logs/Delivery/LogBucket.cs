using Brink.Distributions;
using Brink.Http;
using Brink.Signing;

namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Files as CloudFront names them, compressed, as objects of a bucket. A file is in memory until it is put there: one that is full and
/// cannot be put holds up the next, so lines wait, and then are lost.
/// </summary>
public sealed class LogBucket : ILogDestination
{
    /// <summary>The largest file: what a killed process can lose.</summary>
    private const int MaxBytes = 8 * 1024 * 1024;

    private readonly HttpClient _client = LogHttp.Create();
    private readonly LogFileName _name;
    private readonly byte[] _head;
    private readonly LogFileLimits _limits;
    private readonly TimeProvider _time;
    private readonly string _bucket;
    private readonly Func<S3Settings> _settings;
    private readonly MemoryStream _file = new();
    private DateTimeOffset _begun, _until;
    private bool _isDue;
    private int _lines;

    /// <param name="bucket">The bucket by its host name.</param>
    /// <param name="settings">Where it is, and what signs: asked for each file.</param>
    /// <param name="name">The names of the files.</param>
    /// <param name="head">The lines that each file begins with.</param>
    /// <param name="limits">When files end. They are not deleted: buckets have rules for that.</param>
    /// <param name="time">The clock.</param>
    public LogBucket(
        string bucket, Func<S3Settings> settings, LogFileName name, ReadOnlySpan<byte> head, LogFileLimits limits, TimeProvider time)
    {
        (_bucket, _settings, _name, _head, _limits, _time) = (bucket, settings, name, head.ToArray(), limits, time);
    }

    /// <inheritdoc/>
    public DateTimeOffset? DueAt => _file.Length == 0 ? null : _until;

    /// <inheritdoc/>
    public long Lost { get; private set; }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        if (_file.Length > 0 && IsDue)
            await PutAsync(cancellationToken);
        if (_file.Length == 0)
            (_begun, _until, _isDue) = (_time.GetUtcNow(), LogFileName.EndOf(_time.GetUtcNow(), _limits.Age), false);
        _file.Write(GzipMember.Of(_file.Length == 0 ? _head : [], lines.Span));
        _lines += count;
        _isDue |= _file.Length >= Math.Min(_limits.Bytes, MaxBytes);
        // These lines are taken. Where the file cannot be put just now, the next ones wait until it can.
        if (_isDue)
            _until = _begun;
    }

    /// <inheritdoc/>
    public async ValueTask TendAsync(CancellationToken cancellationToken)
    {
        if (_file.Length > 0 && IsDue)
            await PutAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_file.Length > 0)
                await PutAsync(CancellationToken.None);
        }
        catch
        {
            Lost += _lines;
            throw;
        }
        finally
        {
            _client.Dispose();
            await _file.DisposeAsync();
        }
    }

    private bool IsDue => _isDue || _until <= _time.GetUtcNow();

    private async Task PutAsync(CancellationToken cancellationToken)
    {
        var settings = _settings();
        var place = settings.PlaceOf(_bucket);
        var (server, host, folder) = ("https://" + _bucket, _bucket, "/");
        if (place?.Endpoint is { } endpoint)
        {
            var named = place.BucketOf(_bucket);
            server = endpoint.ToString();
            (host, folder) = place.UsesPathStyle ? (endpoint.Authority, $"/{named}/") : ($"{named}.{endpoint.Authority}", "/");
        }
        var path = UriEncoding.Path(folder + _name.Prefix + _name.Next(_begun));
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(server + path))
        {
            Content = new ByteArrayContent(_file.GetBuffer(), 0, (int)_file.Length),
        };
        request.Headers.Host = host;
        if (settings.KeysFor(_bucket) is { } keys)
        {
            var region = place?.Region ?? (BucketName.TryParse(_bucket, out var parsed) ? parsed.Region : "us-east-1");
            Sign(request, host, path, keys, region);
        }
        using var response = await _client.SendAsync(request, cancellationToken);
        LogHttp.Check(response);
        _file.SetLength(0);
        _lines = 0;
    }

    private void Sign(HttpRequestMessage request, string host, string path, SigningKeys keys, string region)
    {
        var timestamp = SigV4.Timestamp(_time.GetUtcNow());
        var fields = new List<HeaderField>
        {
            new("host", host), new("x-amz-date", timestamp), new("x-amz-content-sha256", SigV4.UnsignedPayload),
        };
        if (keys.SessionToken is { } token)
            fields.Add(new HeaderField("x-amz-security-token", token));
        foreach (var field in fields.Skip(1))
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            SigV4.Authorization("PUT", path, "", fields, SigV4.UnsignedPayload, keys, region, timestamp));
    }
}
