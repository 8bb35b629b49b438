namespace Brink.PrivateContent;

/// <summary>
/// How many wrong signatures one viewer may have verified: each costs a verification, and a viewer can make as many as it likes.
/// </summary>
public interface IVerificationLimit
{
    /// <summary>Whether a signature of this viewer's may be verified.</summary>
    /// <param name="address">The viewer's.</param>
    bool MayVerify(string address);

    /// <summary>One was wrong.</summary>
    /// <param name="address">The viewer's.</param>
    void CountWrong(string address);
}
