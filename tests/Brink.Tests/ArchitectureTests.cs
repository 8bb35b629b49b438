using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Brink.Tests;

/// <summary>The direction in which rooms may know each other: what must not be, and why. A wrong arrow fails with its sentence.</summary>
public class ArchitectureTests
{
    private const string Words = "Brink";
    private const string JavaScript = "Brink.JavaScript";
    private const string Functions = "Brink.Functions";
    private const string Lambda = "Brink.Lambda";
    private const string Checking = "Brink.Checking";
    private const string Edge = "Brink.Edge";
    private const string ControlPlane = "Brink.ControlPlane";
    private const string Replication = "Brink.Replication";
    private const string Host = "Brink.Host";
    private const string Testing = "Brink.Testing";

    private static readonly string[] Rooms = [Words, JavaScript, Functions, Lambda, Checking, Edge, ControlPlane, Replication, Host, Testing];

    /// <summary>Rooms that need not be there yet: their rows wait for them.</summary>
    private static readonly string[] LaterRooms = [ControlPlane, Replication, Testing];

    /// <summary>Who, whom not, why.</summary>
    public static TheoryData<string, string, string> ForbiddenReferences()
    {
        var rows = new TheoryData<string, string, string>();
        Forbid(Words, Rooms, "the words are what all rooms share: they lean on nothing");
        Forbid(JavaScript, Rooms, "the language engine knows no HTTP and no CloudFront, so that it can be tested, timed and replaced alone");
        Forbid(Functions, [Edge, ControlPlane, Replication], "a function runs the same for a viewer, for TestFunction and on the command line: it must not know which");
        Forbid(Functions, [Checking], "what runs must not lean on what only looks: the check reads the runtime off the engine, never the other way");
        Forbid(Functions, [Lambda], "CloudFront Functions run without processes, and a machine without Node.js and Python runs them as well");
        Forbid(Lambda, [JavaScript, Functions], "Lambda@Edge runs code in processes of other languages: what both kinds of functions share is in Brink");
        Forbid(Lambda, [Checking, Edge, ControlPlane, Replication], "an invocation is an event and an outcome: who asked for it, and how the code came, is not its business");
        Forbid(Checking, [Lambda], "the check looks at scripts, and starts no process");
        Forbid(Checking, [Edge, ControlPlane, Replication], "a check needs a file and nothing that serves");
        Forbid(Edge, [Checking], "the edge runs what it is given; checking comes before");
        Forbid(Edge, [JavaScript], "the edge asks for outcomes of functions; which engine runs them is Brink.Functions' business");
        Forbid(Edge, [ControlPlane], "the data plane serves when the control plane is down; only the host knows both");
        Forbid(Edge, [Replication], "the edge is handed a snapshot and does not ask how it travelled");
        Forbid(ControlPlane, [JavaScript], "the control plane reaches functions for TestFunction only, through Brink.Functions");
        Forbid(ControlPlane, [Edge], "edge and control plane never meet; only the host knows both");
        Forbid(ControlPlane, [Replication], "the control plane remembers; who copies its memory is the host's choice");
        Forbid(Replication, [JavaScript, Functions, Lambda], "a change travels as data: replicating it must not need the means to run it");
        Forbid(Replication, [Edge, ControlPlane], "both ends of the protocol work on snapshots; the host ties them to a store and an edge");
        foreach (var room in Rooms.Where(room => room is not (Host or Testing)))
            Forbid(room, [Host], "the host composes the rooms; a room that knows its composer cannot be composed otherwise");
        foreach (var room in Rooms.Where(room => room != Testing))
            Forbid(room, [Testing], "the kit for tests sits above everything; what ships must not need it");
        return rows;

        void Forbid(string from, IEnumerable<string> whom, string reason)
        {
            foreach (var to in whom.Where(to => to != from && !rows.Any(row => row.Data.Item1 == from && row.Data.Item2 == to)))
                rows.Add(from, to, reason);
        }
    }

    [Theory]
    [MemberData(nameof(ForbiddenReferences))]
    public void Room_DoesNotReferenceForbiddenRoom(string from, string forbidden, string reason)
    {
        if (ProjectOf(from) is not { } project)
            return;
        Assert.False(ReferencesOf(project, "ProjectReference").Contains(forbidden), $"{from}.csproj references {forbidden}, but {reason}.");
        Assert.False(CompiledReferencesOf(from).Contains(forbidden), $"{from}.dll references {forbidden}, but {reason}.");
    }

    [Theory]
    [InlineData(Words)]
    [InlineData(JavaScript)]
    public void LowestRooms_UseNoPackagesAndNoWebFramework(string room)
    {
        var project = ProjectOf(room)!;
        Assert.Empty(ReferencesOf(project, "PackageReference"));
        Assert.Empty(ReferencesOf(project, "FrameworkReference"));
        Assert.DoesNotContain(CompiledReferencesOf(room), name => !name.StartsWith("System.", StringComparison.Ordinal));
    }

    [Fact]
    public void EveryRoom_IsInTheTable()
    {
        var present = Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)!)
            .Where(name => ProjectOf(name) is not null).ToArray();
        Assert.Empty(present.Except(Rooms));
        Assert.Empty(Rooms.Except(LaterRooms).Except(present));
    }

    /// <summary>The parse tree is no door: only what checks code, and tests and benchmarks, may look at the inside of the engine.</summary>
    [Fact]
    public void InsideOfTheEngine_IsOpenToTheCheckAlone() =>
        Assert.Equal([Checking], ReferencesOf(ProjectOf(JavaScript)!, "InternalsVisibleTo").Intersect(Rooms));

    /// <summary>What the edge may know of Lambda@Edge: the interface of a function, and what goes in and comes out. No pool, no process, no package.</summary>
    [Fact]
    public void Edge_KnowsLambdaThroughItsInterfaceAlone()
    {
        string[] contract =
        [
            "ILambdaEdgeFunction", "LambdaTrigger", "LambdaRun", "LambdaFailure", "LambdaErrorKind", "LambdaEvent", "ExposedBody", "LambdaOutcome",
            "RequestDifference", "ResponseDifference", "Region",
        ];

        Assert.Empty(TypesUsed(Edge, Lambda).Except(contract));
    }

    /// <summary>The types of another room that the compiled room names; nested ones by the type around them.</summary>
    private static List<string> TypesUsed(string room, string other)
    {
        using var file = File.OpenRead(Assembly.Load(room).Location);
        using var portable = new PEReader(file);
        var metadata = portable.GetMetadataReader();
        var used = new List<string>();
        foreach (var handle in metadata.TypeReferences)
        {
            var type = metadata.GetTypeReference(handle);
            if (type.ResolutionScope.Kind == HandleKind.AssemblyReference
                && metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == other)
                used.Add(metadata.GetString(type.Name));
        }
        return used;
    }

    private static XDocument? ProjectOf(string room)
    {
        var path = Path.Combine(Repository.Root, "src", room, room + ".csproj");
        return File.Exists(path) ? XDocument.Load(path) : null;
    }

    /// <summary>Names of projects, packages or frameworks that a project file asks for.</summary>
    private static string[] ReferencesOf(XDocument project, string element) =>
        [.. project.Descendants(element).Select(reference => reference.Attribute("Include")!.Value.Split('/', '\\')[^1].Replace(".csproj", "", StringComparison.Ordinal))];

    /// <summary>What the compiled room really uses: a project reference brings along what that project references.</summary>
    private static string[] CompiledReferencesOf(string room) =>
        [.. Assembly.Load(room).GetReferencedAssemblies().Select(name => name.Name!)];
}
