using Brink.Signing;

namespace Brink.Host.Files;

/// <summary>Keys from where AWS's tools read them: environment variables, the shared credentials file. No message repeats one.</summary>
internal static class AwsKeys
{
    /// <summary>AWS's variables; else the profile that AWS_PROFILE names; else null. A profile that is not named is not used.</summary>
    public static SigningKeys? FromEnvironment(Reading reading)
    {
        if (Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") is { Length: > 0 } id
            && Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret)
            return new SigningKeys(
                id.Trim(), secret.Trim(),
                Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token.Trim() : null);
        return Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } profile ? OfProfile(profile, reading) : null;
    }

    /// <summary>The keys of a profile; null if the file or the profile is not there, or has none.</summary>
    public static SigningKeys? OfProfile(string name, Reading reading)
    {
        var file = Environment.GetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", "credentials");
        return reading.OptionalBytes(file) is { } bytes ? Find(System.Text.Encoding.UTF8.GetString(bytes), name) : null;
    }

    /// <summary>A section of the file's INI form.</summary>
    internal static SigningKeys? Find(string text, string profile)
    {
        var inside = false;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.Trim();
            if (line.IsEmpty || line[0] is '#' or ';')
                continue;
            if (line[0] == '[')
            {
                inside = line.TrimStart('[').TrimEnd(']').Trim().SequenceEqual(profile);
                continue;
            }
            var equals = line.IndexOf('=');
            if (inside && equals > 0)
                values[line[..equals].Trim().ToString()] = line[(equals + 1)..].Trim().ToString();
        }
        return values.TryGetValue("aws_access_key_id", out var id) && values.TryGetValue("aws_secret_access_key", out var secret)
            ? new SigningKeys(id, secret, values.GetValueOrDefault("aws_session_token"))
            : null;
    }
}
