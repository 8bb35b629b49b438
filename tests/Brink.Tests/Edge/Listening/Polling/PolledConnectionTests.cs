using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Brink.Edge.Listening;
using Brink.Edge.Listening.Polling;
using Microsoft.AspNetCore.Connections;

namespace Brink.Tests.Edge.Listening.Polling;

/// <summary>Connections over real sockets, on our own polling threads.</summary>
public sealed class PolledConnectionTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PolledListener _listener;
    private readonly List<IDisposable> _ends = [];
    private readonly List<ConnectionContext> _connections = [];
    private readonly SemaphoreSlim _oneByOne = new(1);

    public PolledConnectionTests()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener = new PolledListener(socket, 512);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        foreach (var end in _ends)
            end.Dispose();
        await _listener.DisposeAsync();
        _oneByOne.Dispose();
    }

    [Fact]
    public async Task WhatIsSaid_ArrivesInBothDirections_AndTheAddressesAreRight()
    {
        var (connection, viewer) = await ConnectAsync();

        await viewer.SendAsync("hello"u8.ToArray());
        var read = await connection.Transport.Input.ReadAsync(Stop);
        Assert.Equal("hello"u8.ToArray(), read.Buffer.ToArray());
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        await connection.Transport.Output.WriteAsync("world"u8.ToArray(), Stop);

        Assert.Equal("world"u8.ToArray(), await ReceiveAsync(viewer, 5));
        Assert.Equal(viewer.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(viewer.RemoteEndPoint, connection.LocalEndPoint);
    }

    [Fact]
    public async Task ManyConnectionsThatEcho_LoseAndMixNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
        {
            var (connection, viewer) = await ConnectAsync();
            var echoing = EchoAsync(connection);
            var random = new Random(number);
            var sent = new byte[random.Next(400_000)];
            random.NextBytes(sent);
            var sending = Task.Run(
                async () =>
                {
                    for (var at = 0; at < sent.Length;)
                    {
                        var piece = Math.Min(random.Next(1, random.Next(1, 20_000)), sent.Length - at);
                        await viewer.SendAsync(sent.AsMemory(at, piece), Stop);
                        at += piece;
                    }
                    viewer.Shutdown(SocketShutdown.Send);
                },
                Stop);
            Assert.Equal(sent, await ReceiveAsync(viewer, sent.Length));
            await sending;
            await echoing;
        }));

        static async Task EchoAsync(ConnectionContext connection)
        {
            var (input, output) = (connection.Transport.Input, connection.Transport.Output);
            while (true)
            {
                var read = await input.ReadAsync(Stop);
                foreach (var segment in read.Buffer)
                    output.Write(segment.Span);
                input.AdvanceTo(read.Buffer.End);
                await output.FlushAsync(Stop);
                if (read.IsCompleted)
                    return;
            }
        }
    }

    [Fact]
    public async Task ExaminedButNotConsumed_IsThereAgainWithWhatCameSince()
    {
        var (connection, viewer) = await ConnectAsync();
        var input = connection.Transport.Input;
        var sent = Enumerable.Range(0, 30_000).Select(i => (byte)(i % 251)).ToArray();

        var sending = Task.Run(
            async () =>
            {
                for (var at = 0; at < sent.Length; at += 100)
                    await viewer.SendAsync(sent.AsMemory(at, 100), Stop);
            },
            Stop);
        while (true)
        {
            var read = await input.ReadAsync(Stop);
            Assert.True(sent.AsSpan().StartsWith(read.Buffer.ToArray()));
            if (read.Buffer.Length == sent.Length)
                break;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        await sending;
    }

    [Fact]
    public async Task ReadThatIsCancelled_EndsAndLosesNothing()
    {
        var (connection, viewer) = await ConnectAsync();
        var input = connection.Transport.Input;

        input.CancelPendingRead();                                  // before
        Assert.True((await input.ReadAsync(Stop)).IsCanceled);
        var reading = input.ReadAsync(Stop).AsTask();               // within
        Assert.False(reading.IsCompleted);
        input.CancelPendingRead();
        Assert.True((await reading.WaitAsync(Patience, Stop)).IsCanceled);
        using var token = new CancellationTokenSource();            // by token
        var byToken = input.ReadAsync(token.Token).AsTask();
        await token.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => byToken.WaitAsync(Patience, Stop));

        await viewer.SendAsync("x"u8.ToArray());
        var read = await input.ReadAsync(Stop);
        Assert.Equal((1, false), (read.Buffer.Length, read.IsCanceled));
    }

    /// <summary>Bytes and cancellations race; each read ends, every byte arrives.</summary>
    [Fact]
    public async Task CancellationsBesideBytes_WakeEveryReadOnce()
    {
        const int bytes = 20_000;
        var (connection, viewer) = await ConnectAsync();
        var input = connection.Transport.Input;
        var isOver = false;
        var cancelling = Task.Run(
            () =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    input.CancelPendingRead();
                    Thread.SpinWait(50);
                }
            },
            Stop);
        var sending = Task.Run(
            async () =>
            {
                for (var i = 0; i < bytes; i++)
                    await viewer.SendAsync(new[] { (byte)i }, Stop);
            },
            Stop);

        var got = 0;
        while (got < bytes)
        {
            var read = await input.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop);
            foreach (var value in read.Buffer.ToArray())
                Assert.Equal((byte)got++, value);
            input.AdvanceTo(read.Buffer.End);
        }
        Volatile.Write(ref isOver, true);
        await cancelling;
        await sending;
    }

    [Fact]
    public async Task TokensBesideBytes_WakeEveryReadOnce()
    {
        const int bytes = 5_000;
        var (connection, viewer) = await ConnectAsync();
        var input = connection.Transport.Input;
        var sending = Task.Run(
            async () =>
            {
                for (var i = 0; i < bytes; i++)
                    await viewer.SendAsync(new[] { (byte)i }, Stop);
            },
            Stop);

        var got = 0;
        while (got < bytes)
        {
            using var token = new CancellationTokenSource();
            _ = Task.Run(token.Cancel, Stop).ContinueWith(static _ => { }, TaskScheduler.Default);
            try
            {
                var read = await input.ReadAsync(token.Token).AsTask().WaitAsync(Patience, Stop);
                foreach (var value in read.Buffer.ToArray())
                    Assert.Equal((byte)got++, value);
                input.AdvanceTo(read.Buffer.End);
            }
            catch (OperationCanceledException)
            {
                // Then the next one.
            }
        }
        await sending;
    }

    [Fact]
    public async Task ViewerWhoDoesNotRead_HoldsTheFlushUp_AndGetsEverythingLater()
    {
        var (connection, viewer) = await ConnectAsync();
        var output = connection.Transport.Output;
        var sent = new byte[20_000_000];
        new Random(3).NextBytes(sent);

        output.Write(sent.AsSpan(0, 19_000_000));
        var flush = output.FlushAsync(Stop).AsTask();
        Assert.False(flush.IsCompleted);
        output.CancelPendingFlush();
        Assert.True((await flush.WaitAsync(Patience, Stop)).IsCanceled);
        using var token = new CancellationTokenSource();
        var byToken = output.FlushAsync(token.Token).AsTask();
        await token.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => byToken.WaitAsync(Patience, Stop));
        output.Write(sent.AsSpan(19_000_000));
        var rest = output.FlushAsync(Stop).AsTask();

        Assert.Equal(sent, await ReceiveAsync(viewer, sent.Length));
        Assert.False((await rest.WaitAsync(Patience, Stop)).IsCanceled);
    }

    [Fact]
    public async Task WrittenOnWhileAHeldFlushIsBlocked_KeepsEveryByteInOrder()
    {
        var (connection, viewer) = await ConnectAsync();
        var output = new HeldOutput(connection.Transport.Output);
        var sent = new byte[8_000_000];
        new Random(5).NextBytes(sent);
        var receiving = Task.Run(() => ReceiveAsync(viewer, sent.Length), Stop);

        for (var at = 0; at < sent.Length;)
        {
            output.Write(sent.AsSpan(at, 400_000));
            output.Hold();
            output.SendHeld();                                  // begins a flush that is not waited for
            for (at += 400_000; at % 500_000 != 0; at += 1_000)
                output.Write(sent.AsSpan(at, 1_000));
            await output.FlushAsync(Stop);
        }

        Assert.Equal(sent, await receiving.WaitAsync(Patience, Stop));
    }

    [Fact]
    public async Task Disposed_SendsWhatWasWrittenLast_ThenCloses()
    {
        var (connection, viewer) = await ConnectAsync();
        var sent = new byte[6_000_000];
        new Random(9).NextBytes(sent);
        await viewer.SendAsync("never read"u8.ToArray());
        var output = new HeldOutput(connection.Transport.Output);
        output.Write(sent.AsSpan(0, 5_000_000));
        output.Hold();
        output.SendHeld();
        output.Write(sent.AsSpan(5_000_000));

        var disposing = connection.DisposeAsync().AsTask();

        Assert.Equal(sent, await ReceiveAsync(viewer, sent.Length));
        await disposing.WaitAsync(Patience, Stop);
        Assert.Equal(0, await viewer.ReceiveAsync(new byte[1], Stop));
    }

    [Fact]
    public async Task ViewerWhoEnds_IsTold()
    {
        var (connection, viewer) = await ConnectAsync();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.UnsafeRegister(_ => ended.SetResult(), null);
        await viewer.SendAsync("last"u8.ToArray());
        viewer.Shutdown(SocketShutdown.Send);

        await ended.Task.WaitAsync(Patience, Stop);             // although nothing is read
        var read = await connection.Transport.Input.ReadAsync(Stop);
        Assert.Equal("last"u8.ToArray(), read.Buffer.ToArray());
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        Assert.True((await connection.Transport.Input.ReadAsync(Stop)).IsCompleted);
    }

    [Fact]
    public async Task ViewerWhoVanishes_IsAnError_AndEndsABlockedFlush()
    {
        var (connection, viewer) = await ConnectAsync();
        connection.Transport.Output.Write(new byte[20_000_000]);
        var flush = connection.Transport.Output.FlushAsync(Stop).AsTask();
        var reading = connection.Transport.Input.ReadAsync(Stop).AsTask();

        viewer.LingerState = new LingerOption(true, 0);
        viewer.Dispose();

        Assert.True((await flush.WaitAsync(Patience, Stop)).IsCompleted);
        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.WaitAsync(Patience, Stop));
        Assert.True((await connection.Transport.Output.FlushAsync(Stop)).IsCompleted);
    }

    [Fact]
    public async Task Aborted_EndsTheReadAndTheViewersConnection()
    {
        var (connection, viewer) = await ConnectAsync();
        var reading = connection.Transport.Input.ReadAsync(Stop).AsTask();

        connection.Abort(new ConnectionAbortedException("enough"));

        Assert.Equal("enough", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(Patience, Stop))).Message);
        Assert.Equal(0, await viewer.ReceiveAsync(new byte[1], Stop));
        await connection.DisposeAsync();
        connection.Abort(new ConnectionAbortedException("twice"));
    }

    [Fact]
    public async Task ConnectionsThatComeAndGo_NeverHearOfEachOther()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_500), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, async (number, stop) =>
        {
            var (connection, viewer) = await ConnectAsync(keep: false);
            using (viewer)
            {
                var said = BitConverter.GetBytes(number);
                await viewer.SendAsync(said, stop);
                var read = await connection.Transport.Input.ReadAsync(stop).AsTask().WaitAsync(Patience, stop);
                Assert.Equal(said, read.Buffer.ToArray());
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                await connection.Transport.Output.WriteAsync(said, stop);
                if (number % 3 == 0)
                    viewer.Shutdown(SocketShutdown.Send);
                await connection.DisposeAsync();
                Assert.Equal(said, await ReceiveAsync(viewer, said.Length));
            }
        });
    }

    private async Task<(ConnectionContext Connection, Socket Viewer)> ConnectAsync(bool keep = true)
    {
        await _oneByOne.WaitAsync(Stop);
        try
        {
            var viewer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await viewer.ConnectAsync(_listener.EndPoint, Stop);
            var connection = await _listener.AcceptAsync(Stop) ?? throw new InvalidOperationException("the listener has ended");
            if (keep)
            {
                _ends.Add(viewer);
                _connections.Add(connection);
            }
            return (connection, viewer);
        }
        finally
        {
            _oneByOne.Release();
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket viewer, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var received = await viewer.ReceiveAsync(bytes.AsMemory(at), patience.Token);
            Assert.True(received > 0, $"the end after {at} of {count} bytes");
            at += received;
        }
        return bytes;
    }
}
