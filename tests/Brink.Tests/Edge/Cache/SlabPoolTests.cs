using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Listening.Polling;

namespace Brink.Tests.Edge.Cache;

/// <summary>Memory that the system sends from where it lies, and that is used again.</summary>
public sealed class SlabPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task WhatASocketHasLeftToSend_StaysWhatItWas(int kept)
    {
        var slabs = new SlabPool(kept);
        using var pair = await SocketPair.CreateAsync();
        var slab = slabs.Rent();
        slab.Memory.Span.Fill((byte)'a');
        slab.File!.NoteSent(slab.Offset, SlabPool.SlabSize);
        var sent = Native.SendFile((int)pair.Sender.Handle, slab.File.Descriptor, slab.Offset, SlabPool.SlabSize);
        Assert.True(sent > 0);

        slabs.Return(slab);
        var next = slabs.Rent();
        next.Memory.Span.Fill((byte)'b');

        Assert.Equal(slab.Offset, next.Offset);
        var received = await pair.ReceiveAsync(sent);
        Assert.DoesNotContain((byte)'b', received);
    }

    [Fact]
    public void SlabThatWasNotSent_IsUsedAgainAsItIs()
    {
        var slabs = new SlabPool(1);
        var slab = slabs.Rent();
        slab.Memory.Span.Fill(7);

        slabs.Return(slab);

        Assert.Same(slab, slabs.Rent());
        Assert.Equal(7, slab.Memory.Span[0]);
    }

    [Fact]
    public void SlabThatNothingKeeps_HasNoMemory()
    {
        var slabs = new SlabPool(0);
        var slab = slabs.Rent();
        slab.Memory.Span.Fill(7);

        slabs.Return(slab);

        Assert.Same(slab, slabs.Rent());
        Assert.Equal(0, slab.Memory.Span[0]);
    }

    [Fact]
    public void BodyThatIsForgotten_IsFoundByTheCollector()
    {
        var slabs = new SlabPool(16);
        Forget(slabs);

        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal([0, SlabPool.SlabSize], new[] { slabs.Rent().Offset, slabs.Rent().Offset }.Order());
    }

    [Fact]
    public void SlabsInARow_AreOnePiece()
    {
        var slabs = new SlabPool(16);
        var body = BodySlices.Allocate(3 * SlabPool.SlabSize + 5, slabs);

        Assert.Equal(3 * SlabPool.SlabSize, body.Piece(0, body.Length).Length);
        Assert.Equal(2 * SlabPool.SlabSize - 1, body.Piece(1, 2 * SlabPool.SlabSize).Length);
        Assert.Equal(5, body.Piece(3 * SlabPool.SlabSize, body.Length).Length);
    }

    [Fact]
    public void SlabsOutOfOrder_ArePiecesOfTheirOwn()
    {
        var slabs = new SlabPool(16);
        var (first, second) = (slabs.Rent(), slabs.Rent());
        first.Memory.Span.Fill(1);
        second.Memory.Span.Fill(2);
        var body = new BodySlices([second, first], [], slabs);

        var piece = body.Piece(0, body.Length);

        Assert.Equal(SlabPool.SlabSize, piece.Length);
        Assert.False(piece.Span.ContainsAnyExcept((byte)2));
        Assert.False(body.Piece(SlabPool.SlabSize, body.Length).Span.ContainsAnyExcept((byte)1));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(SlabPool slabs) => BodySlices.Allocate(2 * SlabPool.SlabSize, slabs);

    private sealed class SocketPair(Socket sender, Socket receiver) : IDisposable
    {
        public Socket Sender => sender;

        public static async Task<SocketPair> CreateAsync()
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await receiver.ConnectAsync(listener.LocalEndPoint!);
            return new SocketPair(await listener.AcceptAsync(), receiver);
        }

        public async Task<byte[]> ReceiveAsync(int count)
        {
            var bytes = new byte[count];
            for (var received = 0; received < count;)
                received += await receiver.ReceiveAsync(bytes.AsMemory(received));
            return bytes;
        }

        public void Dispose()
        {
            sender.Dispose();
            receiver.Dispose();
        }
    }
}
