using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>Endpoints and keys of S3 buckets: from the file of <c>--s3</c>, and keys from where AWS's tools look for them.</summary>
internal static class S3Files
{
    private static readonly S3File None = new(S3Settings.Default, ImmutableDictionary<string, OriginAccessControl>.Empty);

    /// <summary>What the file says; with mistakes, or without a file, buckets by their own names.</summary>
    public static S3File Read(string? file, Reading reading)
    {
        var keys = AwsKeys.FromEnvironment(reading);
        if (file is null)
            return None with { Settings = S3Settings.Default with { Keys = keys } };
        var reader = new S3SettingsReader(Environment.GetEnvironmentVariable, name => AwsKeys.OfProfile(name, reading));
        if (reading.Text(file) is { } json && reading.Accept(file, reader.Read(json, keys)) is { } read)
            return read;
        reading.FailedFiles.Add(file);
        return None;
    }

    /// <summary>Adds a mistake for every origin that signs and has no keys.</summary>
    public static void CheckKeys(string file, Distribution distribution, S3Settings settings, Reading reading)
    {
        foreach (var bucket in distribution.Origins.OfType<S3Origin>())
        {
            if (!bucket.Signs(hasAuthorization: false) || settings.KeysFor(bucket.DomainName) is not null)
                continue;
            var why = bucket.AccessControl is { } control ? $"OriginAccessControlId {control.Id}" : "OriginAccessIdentity";
            reading.Unusable(
                file,
                $"the origin '{bucket.Id}' signs its requests ({why}), and there are no keys for {bucket.DomainName}: name them in a "
                + "file for --s3, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        }
    }
}
