using Brink.Functions;

namespace Brink.Host.Development;

internal sealed class FunctionFiles(TimeProvider time)
{
    public IEdgeFunction? Read(string name, string file, byte[] source, List<DevMistake> mistakes, out DevFunction description)
    {
        _ = (time, source);
        description = new DevFunction(name, file, "", "");
        mistakes.Add(new DevMistake(file, "functions are not run yet"));
        return null;
    }

    public string? ReadKeyValueStore(string file, byte[] json, List<DevMistake> mistakes)
    {
        _ = (json, time);
        mistakes.Add(new DevMistake(file, "stores are not read yet"));
        return null;
    }
}
