using System.Globalization;

namespace Brink.Host.CommandLine;

/// <summary>Colours on a terminal; plain text everywhere else, and where <c>NO_COLOR</c> asks for it.</summary>
internal readonly record struct Colors(bool AreOn)
{
    public static Colors OfOutput => For(Console.IsOutputRedirected);

    public static Colors OfErrors => For(Console.IsErrorRedirected);

    public string Bold(string text) => With(1, text);

    public string Dim(string text) => With(2, text);

    public string Red(string text) => With(31, text);

    public string Green(string text) => With(32, text);

    public string Yellow(string text) => With(33, text);

    // https://no-color.org: when it is set and not empty, to any value.
    private static Colors For(bool isRedirected) =>
        new(!isRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb");

    private string With(int code, string text) =>
        AreOn ? string.Create(CultureInfo.InvariantCulture, $"\u001b[{code}m{text}\u001b[0m") : text;
}
