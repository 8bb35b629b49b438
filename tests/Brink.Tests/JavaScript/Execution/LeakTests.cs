using System.Reflection;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.Events;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.Functions.Modules;
using Brink.Functions.Results;
using Brink.JavaScript;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;
using Brink.JavaScript.Values;
using Brink.Tests.Functions;

namespace Brink.Tests.JavaScript.Execution;

/// <summary>
/// Nothing survives a call. <c>tests/functions/leaks/world.js</c> walks everything that a script can reach: one call spoils all of it, in every way and with
/// every ending there is; the next, of the same function or of another, on this thread or another, must find the world as it was made.
/// </summary>
public class LeakTests
{
    private static readonly string[] Ways = ["add", "overwrite", "remove", "accessor", "prototype", "freeze"];
    private static readonly string[] Endings = ["return", "throw", "throw text", "compute", "compute, deep", "memory", "unhandled", "invalid", "fault"];

    /// <summary>In no literal of the script and in no text of ours: wherever it turns up, a request left it there.</summary>
    private const string Mark = "zq7mark";

    [Theory]
    [InlineData(Runtime.CloudFrontJs10)]
    [InlineData(Runtime.CloudFrontJs20)]
    public void SpoiltWorld_IsWholeInTheNextCall(Runtime runtime)
    {
        var world = World.Compile(runtime);
        var other = World.Compile(runtime);
        RealmPool.Forget();
        var whole = world.Portrait();
        Assert.InRange(whole.Text.Length, 50_000, 1_000_000);
        Assert.Equal(whole, other.Portrait());
        foreach (var way in Ways)
        {
            foreach (var ending in Endings)
            {
                Assert.Contains(world.Spoil(way, ending), ExpectedEnds(ending));
                AssertWhole(whole, world.Portrait(), way, ending);
                AssertWhole(whole, other.Portrait(), way, ending);
            }
        }
    }

    [Fact]
    public void SpoiltWorlds_OnManyThreads_AreWholeInTheNextCalls()
    {
        World[] worlds = [World.Compile(Runtime.CloudFrontJs20), World.Compile(Runtime.CloudFrontJs20), World.Compile(Runtime.CloudFrontJs10)];
        Portrait[] whole = [.. worlds.Select(world => world.Portrait())];
        var problems = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            var random = new Random(number);
            for (var round = 0; round < 40; round++)
            {
                var (way, ending) = (Ways[random.Next(Ways.Length)], Endings[random.Next(Endings.Length)]);
                worlds[random.Next(worlds.Length)].Spoil(way, ending);
                var next = random.Next(worlds.Length);
                if (worlds[next].Portrait() != whole[next])
                    problems.Enqueue($"world {next} after {way}, {ending}");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData(Runtime.CloudFrontJs10)]
    [InlineData(Runtime.CloudFrontJs20)]
    public void TextOfARequest_IsNowhereInTheProcessAfterTheCall(Runtime runtime)
    {
        var world = World.Compile(runtime);
        Assert.NotEmpty(world.FindDuringACall());                       // the search finds what there is
        foreach (var way in Ways)
        {
            foreach (var ending in Endings)
            {
                world.Spoil(way, ending);
                Assert.True(Heap.Find([world.Program], Mark) is { Count: 0 } || Report(Heap.Find([world.Program], Mark), way, ending));
            }
        }
    }

    [Theory]
    [InlineData(Runtime.CloudFrontJs10)]
    [InlineData(Runtime.CloudFrontJs20)]
    public void World_HasEveryBuiltInThereIs(Runtime runtime)
    {
        var reached = World.Compile(runtime).Objects();
        // Intrinsics holds prototypes that nothing in runtime 1.0 leads to.
        object root = runtime == Runtime.CloudFrontJs20 ? BuiltInObjects.For(runtime) : BuiltInObjects.For(runtime).Global;
        var builtIns = Heap.Reach([root]).OfType<JsObject>().Where(@object => @object.IsShared).ToList();
        Assert.InRange(builtIns.Count, 250, 5_000);
        // by their names, so that a failure tells
        var memoryError = BuiltInObjects.For(runtime).ErrorPrototypes[(int)ErrorType.MemoryError];        // its instances are InternalErrors
        Assert.Equal([], builtIns.Where(builtIn => !reached.Contains(builtIn) && builtIn != memoryError).Select(NameOf));
    }

    private static string NameOf(JsObject builtIn) => builtIn is NativeFunction native ? native.Name : builtIn.Class.ToString();

    private static bool Report(List<string> places, string way, string ending)
    {
        Assert.Fail($"after {way}, {ending}: {string.Join("\n", places.Take(5))}");
        return false;
    }

    private static void AssertWhole(Portrait whole, Portrait found, string way, string ending)
    {
        if (found == whole)
            return;
        var (expected, actual) = (whole.Text.Split('\n'), found.Text.Split('\n'));
        var at = Enumerable.Range(0, Math.Min(expected.Length, actual.Length)).FirstOrDefault(i => expected[i] != actual[i], -1);
        Assert.Fail($"after {way}, {ending}: steps {whole.Steps} and {found.Steps}, memory {whole.Memory} and {found.Memory}, line {at}" +
            (at < 0 ? "" : $":\n{expected[at]}\n{actual[at]}"));
    }

    private static string[] ExpectedEnds(string ending) => ending switch
    {
        "throw" or "throw text" or "unhandled" => ["Threw"],
        "compute" or "compute, deep" => ["OverCompute"],
        "memory" => ["OverMemory"],
        "fault" => ["Fault"],
        // where catch is gone or spoilt, the promise that is rejected on the way stays unhandled
        _ => ["Returned", "Threw"],
    };

    private sealed record Portrait(string Text, long Steps, long Memory);

    private sealed class World
    {
        private static readonly HostModule Fault = new()
        {
            Functions = [new HostFunction("raise", 1, static _ => throw new InvalidOperationException("a fault for the test"))],
        };

        private static readonly string Source = File.ReadAllText(Path.Combine(Repository.Root, "tests/functions/leaks/world.js"));

        private static readonly KeyValueStore Store = new("id", ((ImportOutcome.Imported)KeyValueStoreContents.Import("""{"data":[]}"""u8.ToArray(), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch)).Contents);

        public required JavaScriptProgram Program { get; init; }

        public static World Compile(Runtime runtime)
        {
            var modules = HostModules.For(runtime);
            var environment = new HostEnvironment { Modules = modules.Modules, Globals = new Dictionary<string, HostModule>(modules.Globals) { ["fault"] = Fault } };
            var lines = Source.Split('\n').Where(line => runtime == Runtime.CloudFrontJs20 || !line.EndsWith("// 2.0", StringComparison.Ordinal));
            return JavaScriptProgram.Compile(string.Join('\n', lines), runtime, environment) switch
            {
                CompileOutcome.Compiled(var program) => new World { Program = program },
                CompileOutcome.Refused(var error) => throw new InvalidOperationException($"{error.Text} {error.SourceLine}"),
                _ => throw new InvalidOperationException(),
            };
        }

        public Portrait Portrait()
        {
            Portrait? portrait = null;
            Call("portrait", "", 200_000_000, (in CallResult result, ResultEdit _) =>
            {
                Assert.True(result.Status == CallStatus.Returned, result.Error?.Text);
                portrait = new Portrait(result.Value.Value.ToDotNetString(), result.StepsUsed, result.MemoryUsed);
            });
            return portrait!;
        }

        /// <summary>The objects themselves: for comparing with what there is, not for use.</summary>
        public HashSet<object> Objects()
        {
            var objects = new HashSet<object>(ReferenceEqualityComparer.Instance);
            Call("objects", "", 200_000_000, (in CallResult result, ResultEdit _) =>
            {
                Assert.True(result.Status == CallStatus.Returned, result.Error?.Text);
                var array = (JsArray)result.Value.Value.AsObject;
                for (uint i = 0; i < array.Length; i++)
                {
                    array.TryGetElement(result.Realm!, i, out var element);
                    objects.Add(element.AsObject);
                }
            });
            return objects;
        }

        public List<string> FindDuringACall()
        {
            List<string> places = [];
            Call("add", "return", 20_000_000, (in CallResult result, ResultEdit _) => places = Heap.Find([Program, result.Realm!], Mark));
            return places;
        }

        /// <summary>How the spoiling call ended.</summary>
        public string Spoil(string way, string ending)
        {
            var end = "";
            Call(way, ending, 20_000_000, (in CallResult result, ResultEdit edit) =>
            {
                end = result.Fault is not null ? "Fault" : result.Status.ToString();
                if (result.Status == CallStatus.Returned)
                    Assert.Null(result.Read(edit).Fault);
            });
            return end;
        }

        private delegate void Reader(in CallResult result, ResultEdit edit);

        private void Call(string way, string ending, long steps, Reader read)
        {
            var request = FunctionFixture.Request("/", "a=" + Mark, ("Way", way), ("Ending", ending), ("Mark", Mark), ("Cookie", $"{Mark}={Mark}"));
            if (ending.Length == 0)
                request = FunctionFixture.Request("/", null, ("Way", way));
            var triggerEvent = new TriggerEvent { EventType = EventType.ViewerRequest, Request = request, DistributionDomainName = "d.example", DistributionId = "E1" };
            var view = EventView.Rent(triggerEvent, hasRawQueryString: Program.Runtime == Runtime.CloudFrontJs20);
            var call = FunctionCall.Rent(triggerEvent, Store);
            var edit = ResultEdit.Rent(view);
            try
            {
                var limits = new CallLimits { Steps = steps, MemoryBytes = 64 * 1024 * 1024, StartTimeMilliseconds = TestRealm.StartTime, RandomSeed = 42 };
                using var result = Program.Call(view, limits, call);
                read(result, edit);
            }
            finally
            {
                edit.Return();
                call.Return();
                view.Return();
            }
        }
    }

    /// <summary>The objects of the process that a call could have left something in, by reflection.</summary>
    private static class Heap
    {
        private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

        private static readonly Assembly[] Ours = [typeof(JavaScriptProgram).Assembly, typeof(JavaScriptFunction).Assembly, typeof(EventType).Assembly];

        private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, FieldInfo[]> Fields = new();

        /// <summary>Where the text is, in whatever form: a way to it from a static field of ours or from one of the roots.</summary>
        public static List<string> Find(IReadOnlyList<object> roots, string text)
        {
            var places = new List<string>();
            Walk([.. roots.Select(root => ("root", root)), .. Statics()], (path, found) =>
            {
                if (found is string or char[] && new string(found as char[] ?? ((string)found).ToCharArray()).Contains(text, StringComparison.Ordinal))
                    places.Add(path);
            });
            return places;
        }

        public static List<object> Reach(IReadOnlyList<object> roots)
        {
            var found = new List<object>();
            Walk([.. roots.Select(root => ("root", root))], (_, one) => found.Add(one));
            return found;
        }

        private static IEnumerable<(string, object)> Statics() =>
            from assembly in Ours
            from type in assembly.GetTypes()
            where !type.ContainsGenericParameters
            from field in type.GetFields(All)
            where field.IsStatic && !field.IsLiteral && !field.FieldType.IsByRefLike && !field.FieldType.IsPointer
            let value = field.GetValue(null)
            where value is not null
            select ($"{type.Name}.{field.Name}", value);

        private static void Walk(IEnumerable<(string Path, object Found)> roots, Action<string, object> visit)
        {
            var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
            var waiting = new Stack<(string Path, object Found)>(roots);
            while (waiting.TryPop(out var next))
            {
                var (path, found) = next;
                var type = found.GetType();
                if (type.IsPrimitive || type.IsEnum || found is Type or MemberInfo or Assembly or Delegate or Thread || (!type.IsValueType && !seen.Add(found)))
                    continue;
                visit(path, found);
                if (found is string || path.Length > 600)
                    continue;
                if (found is Array array)
                {
                    if (type.GetElementType() is { IsPrimitive: false })
                    {
                        var i = 0;
                        foreach (var element in array)
                        {
                            if (element is not null)
                                waiting.Push(($"{path}[{i}]", element));
                            i++;
                        }
                    }
                    continue;
                }
                foreach (var field in Fields.GetOrAdd(type, FieldsOf))
                {
                    if (field.GetValue(found) is { } value)
                        waiting.Push(($"{path}.{Plain(field.Name)}", value));
                }
            }
        }

        private static string Plain(string field) => field.StartsWith('<') ? field[1..field.IndexOf('>', StringComparison.Ordinal)] : field;

        private static FieldInfo[] FieldsOf(Type type)
        {
            var fields = new List<FieldInfo>();
            for (var at = type; at is not null && at != typeof(object); at = at.BaseType)
                fields.AddRange(at.GetFields(All).Where(field => !field.IsStatic && !field.FieldType.IsPrimitive && !field.FieldType.IsEnum && !field.FieldType.IsPointer && !field.FieldType.IsByRefLike));
            return [.. fields];
        }
    }
}
