using System.Security.Cryptography;
using Brink.Edge.Listening;

namespace Brink.Tests.Edge.Listening;

public sealed class ServerHelloTests
{
    private const ushort SupportedVersions = 43, KeyShare = 51, PreSharedKey = 41;

    // RFC 8446 4.1.3: the random of a HelloRetryRequest is the hash of its name.
    private static readonly byte[] RetryRandom = SHA256.HashData("HelloRetryRequest"u8);

    [Theory]
    [InlineData(false, SupportedVersions, KeyShare)]
    [InlineData(true, SupportedVersions, KeyShare, PreSharedKey)]
    [InlineData(true, PreSharedKey)]
    [InlineData(false)]
    public void APreSharedKey_ResumesASession(bool resumes, params ushort[] extensions)
    {
        var hello = new ServerHello();

        hello.Look(Write(new byte[32], extensions));

        Assert.Equal(resumes, hello.ResumesSession);
    }

    [Fact]
    public void ARetry_IsNoAnswerYet_AndTheFirstAnswerCounts()
    {
        var hello = new ServerHello();

        hello.Look(Write(RetryRandom, SupportedVersions, KeyShare));
        hello.Look([20, 3, 3, 0, 1, 1]);
        hello.Look(Write(new byte[32], PreSharedKey));
        hello.Look(Write(new byte[32]));

        Assert.True(hello.ResumesSession);
    }

    [Fact]
    public void CutAndSpoiledOnes_AreReadWithoutFault()
    {
        var good = Write(new byte[32], SupportedVersions, KeyShare, PreSharedKey);
        var random = new Random(42);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            new ServerHello().Look(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
    }

    /// <summary>A record with the message, its session id as long as clients send it.</summary>
    private static byte[] Write(byte[] random, params ushort[] extensions)
    {
        byte[] fields = [.. extensions.SelectMany(type => (byte[])[(byte)(type >> 8), (byte)type, 0, 2, 0, 0])];
        byte[] content = [3, 3, .. random, 32, .. new byte[32], 0x13, 0x01, 0, 0, (byte)fields.Length, .. fields];
        byte[] message = [2, 0, 0, (byte)content.Length, .. content];
        return [22, 3, 3, 0, (byte)message.Length, .. message];
    }
}
