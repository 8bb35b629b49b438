using System.CommandLine;
using Brink.Host.CommandLine;
using Brink.Host.Development;

namespace Brink.Host.Commands;

/// <summary><c>brink trust</c>: how browsers and tools come to trust the certificates of <c>brink dev</c>.</summary>
internal static class TrustCommand
{
    public static Command Create()
    {
        var command = new DescribedCommand(
            "trust", "Says how browsers and tools trust the certificates that brink dev makes for a distribution's names.");
        command.SetAction((_, _) => Task.FromResult(Run(LocalAuthority.DefaultFolder, Console.Out, Console.Error, TimeProvider.System)));
        return command;
    }

    /// <summary>Prints the commands; the authority is made where there is none yet.</summary>
    internal static int Run(string folder, TextWriter output, TextWriter errors, TimeProvider time)
    {
        try
        {
            using var authority = LocalAuthority.Open(folder, time);
            output.Write(Text(authority.File!));
            return ExitCode.Success;
        }
        catch (IOException exception)
        {
            errors.WriteLine($"brink trust: {exception.Message}");
            return ExitCode.Failure;
        }
    }

    private static string Text(string file) => $"""
        The certificates that brink dev makes are signed by an authority of your own:
          {file}

        To trust it
          on Debian and Ubuntu     sudo cp '{file}' /usr/local/share/ca-certificates/brink.crt && sudo update-ca-certificates
          in Chromium and Chrome   certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n brink -i '{file}'
          in Firefox               Settings, Certificates, Authorities, Import
          with curl                curl --cacert '{file}' https://...
          with Node.js             NODE_EXTRA_CA_CERTS='{file}'
          with Python's requests   REQUESTS_CA_BUNDLE='{file}'

        To end that
          on Debian and Ubuntu     sudo rm /usr/local/share/ca-certificates/brink.crt && sudo update-ca-certificates --fresh
          in Chromium and Chrome   certutil -d sql:$HOME/.pki/nssdb -D -n brink

        Anything that trusts it trusts whatever is signed with the key beside it, which only you can read.
        Where the folder is deleted, the next start makes another authority.

        """;
}
