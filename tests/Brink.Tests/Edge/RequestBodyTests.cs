using System.Collections.Concurrent;
using System.Globalization;
using Brink.Distributions;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Functions;
using Brink.Http;
using Brink.Lambda;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>
/// The bytes of a request's body belong to that request, however it ends: every way to end one, times every way to send the body. Each body holds a request
/// that must never be read as one; a request that really follows is answered, or the connection ends.
/// </summary>
public sealed class RequestBodyTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>How a request comes to its end.</summary>
    public enum Ending
    {
        /// <summary>The method is not allowed.</summary>
        Refusal,

        /// <summary>A GET that carries a body.</summary>
        BodyOutOfPlace,

        /// <summary>The URL is over the limit.</summary>
        UrlTooLong,

        /// <summary>A head that Kestrel takes and the edge refuses.</summary>
        BadRequest,

        /// <summary>No distribution has the Host.</summary>
        UnknownHost,

        /// <summary>To https, where the edge speaks it.</summary>
        Redirect,

        /// <summary>Viewer-request answers.</summary>
        FunctionAnswers,

        /// <summary>Viewer-request fails.</summary>
        FunctionFails,

        /// <summary>A fault of our own.</summary>
        Fault,

        /// <summary>Lambda@Edge answers without having seen the body.</summary>
        LambdaAnswers,

        /// <summary>Lambda@Edge answers after it has seen the body.</summary>
        LambdaAnswersTheBody,

        /// <summary>Lambda@Edge sends another body to the origin.</summary>
        LambdaReplacesTheBody,

        /// <summary>From the cache.</summary>
        Hit,

        /// <summary>The origin takes all of it and answers.</summary>
        OriginAnswers,

        /// <summary>The origin answers with an error.</summary>
        OriginAnswersError,

        /// <summary>The origin answers before it has read the body, and closes.</summary>
        OriginAnswersEarly,

        /// <summary>The origin breaks off within its answer.</summary>
        OriginBreaksOff,

        /// <summary>No origin listens.</summary>
        OriginAway,
    }

    /// <summary>What carries the connection.</summary>
    public enum Over
    {
        /// <summary>Polled by threads of our own, ordinary requests before Kestrel.</summary>
        Cleartext,

        /// <summary>Kestrel's transport.</summary>
        ThreadPool,

        /// <summary>TLS.</summary>
        Tls,
    }

    public static TheoryData<Ending, Over> All
    {
        get
        {
            var all = new TheoryData<Ending, Over>();
            foreach (var ending in Enum.GetValues<Ending>())
            {
                foreach (var over in Enum.GetValues<Over>())
                {
                    if (ending != Ending.Redirect || over != Over.Tls)
                        all.Add(ending, over);
                }
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task EveryEnding_NoByteOfTheBodyIsARequest(Ending ending, Over over)
    {
        await using var seam = await Seam.StartAsync(ending, over);
        foreach (var chunked in new[] { false, true })
        {
            foreach (var (name, send) in s_ways)
            {
                using var request = await seam.ConnectAsync(name, chunked);
                try
                {
                    await send(request);
                }
                catch (IOException)
                {
                    // The connection ended, which is one of the two right ways.
                }
            }
        }
        await seam.StopAndCheckAsync();
    }

    [Theory]
    [InlineData(Over.Cleartext)]
    [InlineData(Over.ThreadPool)]
    [InlineData(Over.Tls)]
    public async Task BodyThatDoesNotComeAfterTheAnswer_TheConnectionEnds(Over over)
    {
        var time = new ManualTimeProvider();
        await using var seam = await Seam.StartAsync(Ending.FunctionAnswers, over, time);
        using var request = await seam.ConnectAsync("silent", chunked: false);

        await request.SendAsync(request.Head + request.Body[..20]);
        await request.ExpectAnswerAsync();
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), request.Viewer.IsClosedAsync());

        await seam.StopAndCheckAsync();
    }

    [Theory]
    [InlineData(Over.Cleartext)]
    [InlineData(Over.ThreadPool)]
    [InlineData(Over.Tls)]
    public async Task BodyThatComesForever_TheConnectionEnds(Over over)
    {
        var time = new ManualTimeProvider();
        await using var seam = await Seam.StartAsync(Ending.FunctionAnswers, over, time);
        using var request = await seam.ConnectAsync("trickle", chunked: false);

        await request.SendAsync($"POST /outer-0 HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n");
        await request.ExpectAnswerAsync();
        var ended = request.Viewer.IsClosedAsync();
        try
        {
            while (!ended.IsCompleted)
            {
                await request.SendAsync("\r\n\r\nGET /inner-0 HTTP/1.1\r\nHost: test\r\n\r\n");
                time.AdvanceSeconds(0.1);
                await Task.Yield();
            }
        }
        catch (IOException)
        {
            // Ended while it was sent on.
        }
        Assert.True(await ended);

        await seam.StopAndCheckAsync();
    }

    [Theory]
    [InlineData(Over.Cleartext)]
    [InlineData(Over.ThreadPool)]
    [InlineData(Over.Tls)]
    public async Task LargeBodyOfARefusedRequest_TheAnswerSaysThatTheConnectionEnds_AndIsNotLost(Over over)
    {
        await using var seam = await Seam.StartAsync(Ending.FunctionAnswers, over);
        using var request = await seam.ConnectAsync("large", chunked: false);
        var megabyte = string.Concat(Enumerable.Repeat(request.Inner, 1024 * 1024 / request.Inner.Length));

        await request.SendAsync($"POST /outer-0 HTTP/1.1\r\nHost: test\r\nContent-Length: {8 * megabyte.Length}\r\n\r\n");
        for (var i = 0; i < 8; i++)
            await request.SendAsync(megabyte);
        var answer = await request.Viewer.ReceiveAsync();

        Assert.Equal((418, "close"), (answer.Status, answer["Connection"]));
        Assert.True(await request.Viewer.IsClosedAsync());
        await seam.StopAndCheckAsync();
    }

    [Fact]
    public async Task EdgeStopsWhileTheRestOfABodyIsWaitedFor_IsNotHeldUp()
    {
        await using var seam = await Seam.StartAsync(Ending.FunctionAnswers, Over.Cleartext, new ManualTimeProvider());
        using var request = await seam.ConnectAsync("stopped", chunked: false);

        await request.SendAsync(request.Head + request.Body[..20]);
        await request.ExpectAnswerAsync();

        await seam.StopAndCheckAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    /// <summary>Moves the clock on, again and again, until that is over: what waits for time may not have begun to wait yet.</summary>
    private static async Task AdvanceUntilAsync(ManualTimeProvider time, TimeSpan step, Task<bool> over)
    {
        while (!over.IsCompleted)
        {
            time.Advance(step);
            await Task.Yield();
        }
        Assert.True(await over);
    }

    private static readonly (string Name, Func<Sending, Task> Send)[] s_ways =
    [
        ("whole", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body);
            await sending.ExpectAnswerAsync();
            await sending.ExpectNextIsAnsweredOrNoneAsync();
        }),
        ("whole, with the next", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body + sending.Next);
            await sending.ExpectAnswerAsync();
            await sending.ExpectAnswerOrEndAsync();
        }),
        ("torn", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body[..20]);
            await sending.SendAsync(sending.Body[20..]);
            await sending.ExpectAnswerAsync();
            await sending.ExpectNextIsAnsweredOrNoneAsync();
        }),
        ("late", async sending =>
        {
            await sending.SendAsync(sending.Head);
            if (sending.AnswersWithoutTheBody)
                await sending.ExpectAnswerAsync();
            await sending.SendAsync(sending.Body);
            if (!sending.AnswersWithoutTheBody)
                await sending.ExpectAnswerAsync();
            await sending.ExpectNextIsAnsweredOrNoneAsync();
        }),
        ("late, torn, with the next", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body[..20]);
            if (sending.AnswersWithoutTheBody)
                await sending.ExpectAnswerAsync();
            await sending.SendAsync(sending.Body[20..40]);
            await sending.SendAsync(sending.Body[40..] + sending.Next);
            await sending.Viewer.ReceiveAsync();
        }),
        ("behind an ordinary one", async sending =>
        {
            await sending.SendAsync($"GET /ordinary HTTP/1.1\r\nHost: test\r\n\r\n" + sending.Head + sending.Body + sending.Next);
            await sending.ReadToTheEndAsync(endFirst: true);
        }),
        ("and no more", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body);
            await sending.ReadToTheEndAsync(endFirst: true);
        }),
        ("with the next, and no more", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body + sending.Next);
            await sending.ReadToTheEndAsync(endFirst: true);
        }),
        ("a part, and no more", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body[..^7]);
            await sending.ReadToTheEndAsync(endFirst: true);
        }),
        ("gone", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body);
            sending.Viewer.Vanish();
        }),
        ("gone with the next", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body + sending.Next);
            sending.Viewer.Vanish();
        }),
        ("gone within", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body[..^7]);
            sending.Viewer.Vanish();
        }),
        ("closed after the answer", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body);
            await sending.ExpectAnswerAsync();
        }),
        ("a part, closed", async sending =>
        {
            await sending.SendAsync(sending.Head + sending.Body[..30]);
            if (sending.AnswersWithoutTheBody)
                await sending.ExpectAnswerAsync();
            await sending.SendAsync(sending.Body[30..]);
        }),
        ("not waiting for 100", async sending =>
        {
            await sending.SendAsync(sending.HeadWith("Expect: 100-continue") + sending.Body + sending.Next);
            await sending.ReadToTheEndAsync(endFirst: true);
        }),
        ("waiting for 100", async sending =>
        {
            await sending.SendAsync(sending.HeadWith("Expect: 100-continue"));
            var answer = await sending.Viewer.ReceiveAsync();
            await sending.SendAsync(sending.Body);
            if (answer.Status == 100)
                await sending.ExpectAnswerAsync();
            await sending.ReadToTheEndAsync(endFirst: true);
        }),
        ("refused before 100, and the next in place of the body", async sending =>
        {
            await sending.SendAsync(sending.HeadWith("Expect: 100-continue"));
            var answer = await sending.Viewer.ReceiveAsync();
            if (answer.Status == 100)
                return;
            // Two readings are possible here, so there is none: the connection is over.
            Assert.Equal("close", answer["Connection"]);
            await sending.SendAsync($"GET /inner-instead HTTP/1.1\r\nHost: test\r\n\r\n");
            await sending.ReadToTheEndAsync(endFirst: true);
        }),
        ("the last", async sending =>
        {
            await sending.SendAsync(sending.HeadWith("Connection: close") + sending.Body + sending.Inner);
            await sending.ReadToTheEndAsync(endFirst: false);
        }),
    ];

    /// <summary>One request with a body that looks like requests.</summary>
    private sealed class Sending(RawViewer viewer, Ending ending, string name, int number, bool chunked) : IDisposable
    {
        public RawViewer Viewer => viewer;

        public string Inner => $"GET /inner-{number} HTTP/1.1\r\nHost: test\r\n\r\n";

        public string Head => HeadWith(null);

        public string Body => chunked ? $"{Inner.Length:x}\r\n{Inner}\r\n{Inner.Length:x}\r\n{Inner}\r\n0\r\n\r\n" : Inner + Inner;

        public string Next => $"GET /next-{number} HTTP/1.1\r\nHost: test\r\n\r\n";

        /// <summary>Whether the answer comes before the body has.</summary>
        public bool AnswersWithoutTheBody => ending is not (Ending.LambdaAnswersTheBody or Ending.LambdaReplacesTheBody
            or Ending.OriginAnswers or Ending.OriginAnswersError or Ending.OriginAnswersEarly or Ending.OriginBreaksOff);

        /// <summary>Whether the request has an answer at all.</summary>
        private bool IsAnswered => ending is not Ending.OriginBreaksOff;

        public string HeadWith(string? field)
        {
            var method = ending switch { Ending.BodyOutOfPlace => "GET", Ending.Hit => "OPTIONS", _ => "POST" };
            var path = ending == Ending.UrlTooLong ? "/outer-" + new string('a', 9000) : ending == Ending.Hit ? "/hit" : $"/outer-{number}";
            var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Body.Length}";
            var bad = ending == Ending.BadRequest ? "X-Bad: a\u0001b\r\n" : "";
            return $"{method} {path} HTTP/1.1\r\nHost: {(ending == Ending.UnknownHost ? "unknown" : "test")}\r\n{bad}{(field is null ? "" : field + "\r\n")}{framing}\r\n\r\n";
        }

        public Task SendAsync(string text) => viewer.SendAsync(text);

        public async Task ExpectAnswerAsync()
        {
            if (!IsAnswered)
            {
                await viewer.ReadToTheEndAsync();
                throw new IOException("no answer, and the connection ended");
            }
            var answer = await viewer.ReceiveAsync();
            Assert.True(IsRight(answer.Status), $"{name}: {answer.StatusLine}");
        }

        public async Task ExpectNextIsAnsweredOrNoneAsync()
        {
            await SendAsync(Next);
            await ExpectAnswerOrEndAsync();
        }

        /// <summary>The answer to the request that follows, or the end of the connection: never an answer to what was not asked.</summary>
        public async Task ExpectAnswerOrEndAsync()
        {
            var next = await viewer.ReceiveAsync();
            Assert.True(next.Status is not (400 or 408), $"{name}: {next.StatusLine}");
            viewer.EndSending();
            Assert.Equal("", await viewer.ReadToTheEndAsync());
        }

        public async Task ReadToTheEndAsync(bool endFirst)
        {
            if (endFirst)
                viewer.EndSending();
            var all = await viewer.ReadToTheEndAsync();
            Assert.DoesNotContain("/inner", all, StringComparison.Ordinal);
        }

        public void Dispose() => viewer.Dispose();

        private bool IsRight(int status) => ending switch
        {
            Ending.Refusal or Ending.BodyOutOfPlace or Ending.UnknownHost => status == 403,
            Ending.UrlTooLong => status == 413,
            Ending.BadRequest => status == 400,
            Ending.Redirect => status == 307,
            Ending.FunctionAnswers or Ending.LambdaAnswers or Ending.LambdaAnswersTheBody => status == 418,
            Ending.FunctionFails => status == 503,
            Ending.Fault => status == 500,
            Ending.OriginAnswersError => status == 500,
            Ending.OriginAway => status == 502,
            // An origin that closes on a body may take its answer with it.
            Ending.OriginAnswersEarly => status is 200 or 502,
            _ => status == 200,
        };
    }

    /// <summary>An edge whose requests end in one way, and all that it has seen.</summary>
    private sealed class Seam : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _runs;
        private readonly TestEdge _edge;
        private readonly ScriptedOrigin _origin;
        private readonly Ending _ending;
        private readonly Over _over;
        private readonly List<string> _names = [];

        private Seam(TestEdge edge, ScriptedOrigin origin, ConcurrentQueue<string> runs, Ending ending, Over over) =>
            (_edge, _origin, _runs, _ending, _over) = (edge, origin, runs, ending, over);

        public static async Task<Seam> StartAsync(Ending ending, Over over, TimeProvider? time = null)
        {
            var runs = new ConcurrentQueue<string>();
            var origin = new ScriptedOrigin();
            switch (ending)
            {
                case Ending.OriginAnswersError:
                    origin.Reply("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno");
                    break;
                case Ending.OriginAnswersEarly:
                    origin.ReplyAtHead("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
                    break;
                case Ending.OriginBreaksOff:
                    origin.ReplyAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
                    break;
                case Ending.Hit:
                    origin.Reply("HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: 2\r\n\r\nok");
                    break;
                default:
                    origin.Reply(Ok);
                    break;
            }
            FunctionOutcome Run(TriggerEvent e)
            {
                runs.Enqueue(e.Request.Uri);
                return ending switch
                {
                    Ending.FunctionAnswers => new FunctionOutcome.Respond(new EdgeResponse { StatusCode = 418 }),
                    Ending.FunctionFails => new FunctionOutcome.Fail(new FunctionError(FunctionErrorKind.Execution, "no", null)),
                    Ending.Fault => throw new InvalidTimeZoneException("a fault"),
                    _ => FunctionOutcome.Continue.Instance,
                };
            }
            var lambda = ending switch
            {
                Ending.LambdaAnswers => new BehaviorTriggers { OriginRequest = ScriptedLambda.Answering(418) },
                Ending.LambdaAnswersTheBody => new BehaviorTriggers { OriginRequest = new LambdaTrigger(ScriptedLambda.Answering(418)) { IncludeBody = true } },
                Ending.LambdaReplacesTheBody => new BehaviorTriggers { OriginRequest = new LambdaTrigger(ReplacingBody()) { IncludeBody = true } },
                _ => null,
            };
            var edge = await TestEdge.StartAsync(
                ending == Ending.OriginAway ? TestEdge.ToPort(await FreePortAsync()) : TestEdge.To(origin),
                behavior => behavior with
                {
                    AllowedMethods = ending == Ending.Refusal ? AllowedMethods.GetHead : AllowedMethods.All,
                    ViewerProtocolPolicy = ending == Ending.Redirect ? ViewerProtocolPolicy.RedirectToHttps : ViewerProtocolPolicy.AllowAll,
                    CachesOptions = ending == Ending.Hit,
                    CachePolicy = ending == Ending.Hit ? Caching : behavior.CachePolicy,
                },
                viewerRequest: new ScriptedFunction(Run),
                options: options => options with
                {
                    Scheduling = over == Over.ThreadPool ? EdgeScheduling.ThreadPool : EdgeScheduling.Inline,
                    HttpsPort = over == Over.Tls ? 0 : null,
                },
                distribution: distribution => distribution with { Aliases = ["test"] },
                snapshot: snapshot => new EdgeSnapshot { Distributions = snapshot.Distributions, AnyHostIsTheOnlyDistribution = false },
                lambda: lambda,
                time: time);
            if (ending == Ending.Hit) // the answer to a request with a body is not stored
                Assert.Equal(200, (await edge.AskAsync("OPTIONS /hit HTTP/1.1\r\nHost: test\r\n\r\n")).Status);
            return new Seam(edge, origin, runs, ending, over);
        }

        public async Task<Sending> ConnectAsync(string name, bool chunked)
        {
            _names.Add($"{name}{(chunked ? ", chunked" : "")}");
            var viewer = _over == Over.Tls ? await RawViewer.ConnectSecurelyAsync(_edge.HttpsPort) : await RawViewer.ConnectAsync(_edge.Port);
            return new Sending(viewer, _ending, name, _names.Count - 1, chunked);
        }

        /// <summary>Once every connection is over: nothing that was a body has been read as a request, and nothing that was one is told twice.</summary>
        public async Task StopAndCheckAsync()
        {
            await _edge.Server.StopAsync(TestContext.Current.CancellationToken);

            var seen = _runs.Select(uri => "run " + uri)
                .Concat(_edge.Log.Entries.Select(entry => "logged " + entry.Uri))
                .Concat(_origin.Requests.Select(request => "asked " + request.Target))
                .Concat(_ending == Ending.BadRequest ? [] : _edge.Log.Refusals.Select(reason => "refused " + reason));
            Assert.DoesNotContain(seen.Select(Named), line => line.Contains("inner", StringComparison.Ordinal) || line.StartsWith("refused", StringComparison.Ordinal));
            Assert.All(_edge.Log.Refusals, reason => Assert.DoesNotContain("inner", reason, StringComparison.Ordinal));
            Assert.All(_edge.Log.Entries.Where(entry => entry.Uri is not ("/hit" or "/ordinary")).CountBy(entry => entry.Uri), counted => Assert.True(counted.Value == 1, Named(counted.Key)));
            if (_ending != Ending.Fault)
                Assert.Empty(_edge.Log.Faults);
            else
                Assert.All(_edge.Log.Faults, fault => Assert.IsType<InvalidTimeZoneException>(fault));
        }

        public async ValueTask DisposeAsync()
        {
            await _edge.DisposeAsync();
            await _origin.DisposeAsync();
        }

        /// <summary>A line of what was seen, with the way that it belongs to.</summary>
        private string Named(string line)
        {
            var dash = line.LastIndexOf('-');
            return dash > 0 && int.TryParse(line[(dash + 1)..], CultureInfo.InvariantCulture, out var number) ? $"{line} ({_names[number]})" : line;
        }

        private static ScriptedLambda ReplacingBody() => ScriptedLambda.Passing(request =>
        {
            request["body"]!["action"] = "replace";
            request["body"]!["encoding"] = "text";
            request["body"]!["data"] = "other";
        });

        private static async Task<int> FreePortAsync()
        {
            await using var closed = new ScriptedOrigin();
            return closed.Port;
        }

        private static CachePolicy Caching { get; } = new()
        {
            Id = "658327ea-f89d-4fab-a63d-7e88639e58f6",
            Name = "Managed-CachingOptimized",
            MinTtl = TimeSpan.FromSeconds(1),
            DefaultTtl = TimeSpan.FromDays(1),
            MaxTtl = TimeSpan.FromDays(365),
        };
    }
}
