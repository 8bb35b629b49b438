using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using Brink.Host.CommandLine;

namespace Brink.Host.Commands;

/// <summary>The port of a running brink that commands ask: <c>--admin URL</c>.</summary>
internal static class OperatorsPort
{
    /// <summary>Where commands ask unless they are told otherwise.</summary>
    public const string Default = "http://127.0.0.1:8081";

    public static Option<string> Option()
    {
        var option = new Option<string>("--admin")
        {
            Description = $"The operator's port of the running brink. Default: {Default}, which brink dev --admin-port 8081 opens.",
            HelpName = "URL",
            DefaultValueFactory = _ => Default,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !IsRoot(text))
                result.AddError($"--admin {text}: the port is a URL such as {Default}");
        });
        return option;
    }

    /// <summary>Asks, and prints on standard error why there is no answer, or what is wrong with the question.</summary>
    /// <returns>What a 2xx says; null after anything else.</returns>
    public static async Task<byte[]?> AskAsync(
        string admin, HttpMethod method, string target, byte[]? json, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
            using var request = new HttpRequestMessage(method, admin.TrimEnd('/') + target);
            if (json is not null)
                request.Content = new ByteArrayContent(json) { Headers = { { "Content-Type", "application/json" } } };
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (response.IsSuccessStatusCode)
                return body;
            var isOurs = response.Content.Headers.ContentType is { MediaType: "text/plain" } && (int)response.StatusCode is 400 or 413;
            foreach (var line in isOurs ? Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [])
                await FailAsync(SafeText.Of(line));
            if (!isOurs)
                await FailAsync(
                    $"{admin} answers {(int)response.StatusCode} to {target.Split('?')[0]}: it is no operator's port of this brink");
        }
        catch (HttpRequestException failure)
            when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            await FailAsync($"nothing listens at {admin}: start brink dev with --admin-port, and say its address with --admin URL");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            await FailAsync($"{admin} cannot be asked: {failure.Message}");
        }
        return null;
    }

    /// <summary>Prints an answer as it is.</summary>
    public static async Task PrintAsync(byte[] answer)
    {
        await using (var output = Console.OpenStandardOutput())
            await output.WriteAsync(answer);
        Console.WriteLine();
    }

    private static Task FailAsync(string sentence) => Console.Error.WriteLineAsync($"brink: {sentence}");

    private static bool IsRoot(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" && url.PathAndQuery == "/" && url.UserInfo.Length == 0
        && url.Fragment.Length == 0;
}
