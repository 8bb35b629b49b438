using System.Diagnostics;

namespace Brink.Tests;

/// <summary>
/// Scripts that use AWS's own library for Python, Debian's python3-botocore. They get nothing of what surrounds the test: variables, a user's own packages and AWS's
/// settings would change what the library does.
/// </summary>
internal static class Botocore
{
    public static Process Start(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-I", Path.Combine(Repository.Root, script), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in new[] { ("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8"), ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_CONFIG_FILE", "/dev/null"), ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null") })
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
