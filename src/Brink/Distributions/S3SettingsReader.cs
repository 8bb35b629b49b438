using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Resources;
using Brink.Signing;

namespace Brink.Distributions;

/// <summary>What an S3 file says: the settings, and the origin access controls that distributions name.</summary>
/// <param name="Settings">How buckets are reached.</param>
/// <param name="OriginAccessControls">By id.</param>
public sealed record S3File(S3Settings Settings, ImmutableDictionary<string, OriginAccessControl> OriginAccessControls);

/// <summary>
/// Reads an S3 file: <c>{ "buckets": { "*.s3.eu-central-1.amazonaws.com": { "endpoint": "http://127.0.0.1:9000", ... } } }</c>. It holds
/// keys, or says where they are. No message repeats a value that could be a key.
/// </summary>
/// <param name="variable">The value of an environment variable, or null.</param>
/// <param name="profile">The keys of a profile of AWS's shared credentials file, or null.</param>
public sealed class S3SettingsReader(Func<string, string?> variable, Func<string, SigningKeys?> profile)
{
    /// <summary>Reads a file.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="keys">What signs where the file has no keys.</param>
    public ConfigResult<S3File> Read(string json, SigningKeys? keys) => ConfigObject.Read(json, root => Read(root, keys));

    private S3File Read(ConfigObject root, SigningKeys? keys)
    {
        var places = ImmutableArray.CreateBuilder<S3Place>();
        if (root.Object("buckets") is { } buckets)
        {
            foreach (var pattern in buckets.Names)
            {
                if (buckets.Object(pattern) is { } place)
                    places.Add(ReadPlace(buckets, pattern, place));
            }
        }
        var controls = ImmutableDictionary.CreateBuilder<string, OriginAccessControl>(StringComparer.Ordinal);
        if (root.Object("originAccessControls") is { } described)
        {
            foreach (var id in described.Names)
            {
                if (described.Object(id) is not { } control)
                    continue;
                var behavior = control.OneOf("signingBehavior", required: true, [.. OriginAccessControl.SigningBehaviors]);
                control.Close();
                controls[id] = new OriginAccessControl(id, OriginAccessControl.BehaviorOf(behavior) ?? SigningBehavior.Always);
            }
        }
        return new S3File(new S3Settings { Places = places.ToImmutable(), Keys = keys }, controls.ToImmutable());
    }

    private S3Place ReadPlace(ConfigObject buckets, string pattern, ConfigObject place)
    {
        var name = pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern;
        if (!OriginRules.IsNameOfHost(name) || name.AsSpan().ContainsAnyInRange('A', 'Z'))
            buckets.Mistake(
                pattern, "the name is not the host name of a bucket in lower case",
                "Write it like pictures.s3.eu-central-1.amazonaws.com, or *.s3.eu-central-1.amazonaws.com for all buckets of a region");
        var endpoint = ReadEndpoint(place);
        var region = place.Text("region");
        if (region is not null && !IsRegion(region))
            place.Mistake(
                "region", "the text is not the code of a region", "Write it like eu-central-1, or the word that your server expects");
        var pathStyle = place.Flag("pathStyle");
        if (pathStyle is not null && endpoint is null && place.Has("endpoint") is false)
            place.Mistake(
                "pathStyle", "without an endpoint nothing would use it: AWS is asked by the bucket's own name",
                "Add endpoint, or leave it out");
        var keys = ReadKeys(place);
        place.Close();
        return new S3Place(pattern) { Endpoint = endpoint, Region = region, UsesPathStyle = pathStyle ?? true, Keys = keys };
    }

    /// <summary>Text that a signature can name as a region; servers of their own have other words than AWS.</summary>
    private static bool IsRegion(string text) =>
        text.Length is > 0 and <= 64
            && !text.AsSpan().ContainsAnyExceptInRange('\u0021', '\u007e') && !text.Contains('/', StringComparison.Ordinal);

    private static S3Endpoint? ReadEndpoint(ConfigObject place)
    {
        if (place.Text("endpoint") is not { } text)
            return null;
        const string fix = "Write it like https://storage.example.com or http://127.0.0.1:9000";
        // The message does not repeat it: it may hold a password.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
            place.Mistake("endpoint", "the text is not the URL of a server, http:// or https://", fix);
        else if (url.UserInfo.Length > 0)
            place.Mistake(
                "endpoint", "the URL has a user's name in it",
                "Leave it out: keys have settings of their own, accessKeyId and secretAccessKey");
        else if (url.AbsolutePath != "/" || url.Query.Length > 0 || url.Fragment.Length > 0)
            place.Mistake("endpoint", "the URL has a path or a query behind the server", fix + "; the bucket comes from the origin's name");
        else
            return new S3Endpoint(url.Scheme == Uri.UriSchemeHttps, url.IdnHost, url.Port);
        return null;
    }

    // Keys come from one of three places: the file itself, variables that it names, a profile that it names.
    private SigningKeys? ReadKeys(ConfigObject place)
    {
        var inFile = ReadTriple(place, "accessKeyId", "secretAccessKey", "sessionToken", static (_, _, text) => text);
        var fromVariables = ReadTriple(place, "accessKeyIdVariable", "secretAccessKeyVariable", "sessionTokenVariable", ReadVariable);
        var named = place.Text("profile");
        var ways = (inFile.IsGiven ? 1 : 0) + (fromVariables.IsGiven ? 1 : 0) + (named is null ? 0 : 1);
        if (ways > 1)
            place.Mistake(
                "the keys are given in more than one way",
                "Leave accessKeyId and secretAccessKey, the names of variables, or profile: one of the three");
        if (named is null)
            return inFile.Keys ?? fromVariables.Keys;
        if (profile(named) is { } keys)
            return keys;
        place.Mistake(
            "profile", $"AWS's shared credentials file has no profile '{named}' with aws_access_key_id and aws_secret_access_key",
            "Add it there, or name another one");
        return null;
    }

    private static (bool IsGiven, SigningKeys? Keys) ReadTriple(
        ConfigObject place, string id, string secret, string token, Func<ConfigObject, string, string, string?> valueOf)
    {
        var (idText, secretText, tokenText) = (place.Text(id), place.Text(secret), place.Text(token));
        if (idText is null && secretText is null && tokenText is null)
            return default;
        if (idText is null || secretText is null)
        {
            place.Mistake(idText is null ? id : secret, $"{id} and {secret} go together", "Add it");
            return (true, null);
        }
        var (idValue, secretValue) = (valueOf(place, id, idText), valueOf(place, secret, secretText));
        var tokenValue = tokenText is null ? null : valueOf(place, token, tokenText);
        if (idValue is null || secretValue is null || (tokenText is not null && tokenValue is null))
            return (true, null);
        CheckText(place, id, idValue);
        CheckText(place, secret, secretValue);
        if (tokenValue is not null)
            CheckText(place, token, tokenValue);
        return (true, new SigningKeys(idValue, secretValue, tokenValue));
    }

    private static void CheckText(ConfigObject place, string name, string value)
    {
        if (value.Length == 0 || value.AsSpan().ContainsAnyExceptInRange('\u0021', '\u007e'))
            place.Mistake(
                name, "the value is empty, or has a blank or another character that no key has",
                "Copy it again, without what stands around it");
    }

    private string? ReadVariable(ConfigObject place, string name, string variableName)
    {
        if (variable(variableName) is { Length: > 0 } value)
            return value;
        place.Mistake(name, "the environment variable that it names is not set", "Set it where brink is started, or name another one");
        return null;
    }
}
