namespace Brink.ScriptGenerator;

/// <summary>Random scripts that compile and, mostly, run: every statement, the built-ins, async functions, regular expressions, the event.</summary>
public static class Scripts
{
    /// <summary>The script of a seed. The same seed and settings give the same script everywhere.</summary>
    public static string Generate(ulong seed, ScriptSettings settings) => new Writer(new Randomness(seed), settings).Write();
}
