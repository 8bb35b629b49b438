using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
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

    /// <summary>Asks, and prints the answer, or on standard error why there is none.</summary>
    /// <param name="admin">The port.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="json">What is posted; null to get.</param>
    /// <param name="type">The form of the answer.</param>
    /// <param name="write">The text for a terminal; null to print the answer as it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ShowAsync<T>(
        string admin, string target, byte[]? json, JsonTypeInfo<T> type, Func<T, string>? write, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        if (!await AskAsync(admin, target, json, bytes, cancellationToken))
            return ExitCode.Failure;
        try
        {
            var answer = JsonSerializer.Deserialize(bytes.ToArray(), type)!;
            await Console.Out.WriteAsync(write is null ? Encoding.UTF8.GetString(bytes.ToArray()) + "\n" : write(answer));
            return ExitCode.Success;
        }
        catch (JsonException)
        {
            await FailAsync($"{admin} answers {target.Split('?')[0]} in another form: it is no operator's port of this brink");
            return ExitCode.Failure;
        }
    }

    /// <summary>Asks, and writes what a 2xx says while it comes; after anything else says why, and returns false.</summary>
    public static async Task<bool> AskAsync(
        string admin, string target, byte[]? json, Stream answer, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
            using var request = new HttpRequestMessage(json is null ? HttpMethod.Get : HttpMethod.Post, admin.TrimEnd('/') + target);
            if (json is not null)
                request.Content = new ByteArrayContent(json) { Headers = { { "Content-Type", "application/json" } } };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var form = response.Content.Headers.ContentType?.MediaType;
            if (response.IsSuccessStatusCode && form is "application/json" or "application/x-ndjson")
            {
                await response.Content.CopyToAsync(answer, cancellationToken);
                return true;
            }
            var isOurs = form is "text/plain" && (int)response.StatusCode is 400 or 413;
            var sentences = isOurs ? await response.Content.ReadAsStringAsync(cancellationToken) : "";
            foreach (var line in sentences.Split('\n', StringSplitOptions.RemoveEmptyEntries))
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
        return false;
    }

    private static Task FailAsync(string sentence) => Console.Error.WriteLineAsync($"brink: {sentence}");

    private static bool IsRoot(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" && url.PathAndQuery == "/" && url.UserInfo.Length == 0
        && url.Fragment.Length == 0;
}
