namespace Brink.Signing;

/// <summary>What signs a request. Not a record: its text must never show what is in it.</summary>
/// <param name="accessKeyId">Names the keys to the server that checks the signature.</param>
/// <param name="secretAccessKey">Never leaves this process.</param>
/// <param name="sessionToken">Goes along with temporary keys; null for lasting ones.</param>
public sealed class SigningKeys(string accessKeyId, string secretAccessKey, string? sessionToken = null)
{
    /// <summary>Names the keys to the server that checks the signature.</summary>
    public string AccessKeyId => accessKeyId;

    /// <summary>Never leaves this process.</summary>
    public string SecretAccessKey => secretAccessKey;

    /// <summary>Goes along with temporary keys; null for lasting ones.</summary>
    public string? SessionToken => sessionToken;

    /// <inheritdoc/>
    public override string ToString() => "signing keys";
}
