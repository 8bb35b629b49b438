using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Brink.Edge.Configuration;
using Brink.Edge.Listening;
using Microsoft.AspNetCore.Connections;

namespace Brink.Tests.Edge.Listening;

/// <summary>How connections over TLS end.</summary>
public sealed class TlsListenerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>No deadline of HTTP runs any more when close_notify is sent: a viewer that takes nothing must not hold it up.</summary>
    [Fact]
    public async Task EndOfAConnection_WaitsForNoViewer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        await using var accepted = new NetworkStream(await listener.AcceptSocketAsync(Token), ownsSocket: true);
        var output = new StallingOutput(PipeWriter.Create(accepted));
        await using var connection = new DefaultConnectionContext("1", new Duplex(PipeReader.Create(accepted), output), application: null!);
        var state = new EdgeState();
        state.Swap(new EdgeSnapshot());
        var tls = new TlsListener(new TlsCertificate(new TestAuthority().IssueAs("CN=localhost")), state);

        var serving = tls.Middleware(_ =>
        {
            output.IsStalled = true;
            return Task.CompletedTask;
        })(connection);
        await using var viewer = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await viewer.AuthenticateAsClientAsync("localhost");
        await serving;

        Assert.NotEqual(0, output.UnflushedBytes); // close_notify, for the transport to send
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>An output whose flushes, from some moment on, never end.</summary>
    private sealed class StallingOutput(PipeWriter inner) : PipeWriter
    {
        public bool IsStalled { get; set; }

        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => IsStalled
            ? new ValueTask<FlushResult>(new TaskCompletionSource<FlushResult>().Task)
            : inner.FlushAsync(cancellationToken);
    }
}
