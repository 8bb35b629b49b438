namespace Brink.Edge.Messages;

/// <summary>The fields that make a request conditional on what its sender has (RFC 9110 section 13.1, without If-Range).</summary>
internal static class ConditionFields
{
    /// <summary>Their names, lower case.</summary>
    public static readonly string[] Names = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
}
