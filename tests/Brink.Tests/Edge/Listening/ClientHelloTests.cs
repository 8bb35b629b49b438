using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using Brink.Edge.Listening;

namespace Brink.Tests.Edge.Listening;

public sealed class ClientHelloTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13, true)]
    public async Task RealOnes_SayTheirVersions_OnceTheyAreWhole(SslProtocols offered, bool offersTls13)
    {
        var bytes = await HelloOfAsync(offered);

        for (var length = 0; length < bytes.Length; length++)
            Assert.False(ClientHello.TryRead(new ReadOnlySequence<byte>(bytes, 0, length), takesFingerprints: true, out _), $"{length} of {bytes.Length}");
        Assert.True(ClientHello.TryRead(new ReadOnlySequence<byte>(bytes), takesFingerprints: true, out var hello));
        Assert.Equal(offersTls13, hello.OffersTls13);
        Assert.StartsWith(offersTls13 ? "t13d" : "t12d", hello.Fingerprints!.Ja4, StringComparison.Ordinal);
        Assert.True(ClientHello.TryRead(new ReadOnlySequence<byte>(bytes), takesFingerprints: false, out hello));
        Assert.Null(hello.Fingerprints);
    }

    [Fact]
    public async Task RecordsMayCutItAnywhere()
    {
        var bytes = await HelloOfAsync(SslProtocols.Tls12 | SslProtocols.Tls13);
        var message = bytes.AsSpan(5).ToArray();
        foreach (var at in new[] { 1, 3, 4, 40, message.Length - 1 })
        {
            byte[] cut = [.. Record(message[..at]), .. Record(message[at..])];

            Assert.True(ClientHello.TryRead(new ReadOnlySequence<byte>(cut), takesFingerprints: true, out var hello));
            Assert.True(hello.OffersTls13);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\u0015\u0003\u0001\0\u0002\u0001\0")]
    [InlineData("\u0016\u0002\0\0\u0001\u0001")]
    [InlineData("\u0016\u0003\u0001\0\u0004\u0002\0\0\0")]
    [InlineData("\u0016\u0003\u0001\0\0")]
    [InlineData("\u0016\u0003\u0001\u007f\u007f")]
    public void WhatIsNone_IsNotWaitedFor(string text)
    {
        Assert.True(ClientHello.TryRead(new ReadOnlySequence<byte>([.. text.Select(c => (byte)c)]), takesFingerprints: true, out var hello));
        Assert.False(hello.OffersTls13);
    }

    [Fact]
    public async Task SpoiledOnes_AreReadWithoutFault()
    {
        var good = await HelloOfAsync(SslProtocols.Tls12 | SslProtocols.Tls13);
        var random = new Random(42);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            ClientHello.TryRead(new ReadOnlySequence<byte>(bytes, 0, random.Next(bytes.Length + 1)), takesFingerprints: true, out _);
        }
    }

    private static byte[] Record(byte[] content) => [22, 3, 1, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    /// <summary>The first bytes that .NET's client sends.</summary>
    private static async Task<byte[]> HelloOfAsync(SslProtocols offered)
    {
        var sent = new FirstWrite();
        await using var tls = new SslStream(sent);
        await FailAsync(tls, offered);
        return sent.Bytes;
    }

    private static async Task FailAsync(SslStream tls, SslProtocols offered)
    {
        // The other side is silent: the handshake ends with what has been sent.
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "www.example.com", EnabledSslProtocols = offered, ApplicationProtocols = [SslApplicationProtocol.Http2] }, TestContext.Current.CancellationToken));
    }

    private sealed class FirstWrite : MemoryStream
    {
        public byte[] Bytes { get; private set; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Bytes.Length == 0)
                Bytes = buffer.ToArray();
            return ValueTask.CompletedTask;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);
    }
}
