using System.Globalization;

namespace Brink.Lambda.Processes;

/// <summary>Processes as <c>/proc</c> shows them. One that ends meanwhile has nothing and no children.</summary>
internal static class ProcessTree
{
    /// <summary>A process and all beneath it, however deep.</summary>
    public static IEnumerable<int> Of(int process)
    {
        var pending = new Stack<int>([process]);
        while (pending.TryPop(out var next))
        {
            yield return next;
            foreach (var child in ChildrenOf(next))
                pending.Push(child);
        }
    }

    public static IEnumerable<int> ChildrenOf(int process)
    {
        foreach (var thread in Threads(process))
        {
            // A child is listed by the thread that made it.
            foreach (var child in Read($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                yield return int.Parse(child, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The main thread of a process neither runs nor waits for a core. False where that cannot be seen.</summary>
    public static bool IsAsleep(int process)
    {
        try
        {
            // Number, name in brackets, state: R is one that runs or could. Of the thread alone, which costs less than of the process.
            using var file = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/stat"));
            Span<byte> beginning = stackalloc byte[64];
            beginning = beginning[..RandomAccess.Read(file, beginning, 0)];
            var state = beginning.LastIndexOf(") "u8) + 2;
            return state >= 2 && state < beginning.Length && beginning[state] is (byte)'S' or (byte)'D';
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A file beneath <c>/proc</c>; empty when its process has ended, or where the kernel does not have it.</summary>
    public static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string[] Threads(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
