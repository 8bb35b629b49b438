namespace Brink.Edge.Configuration;

/// <summary>The folder of the cache cannot be used. The message is one sentence for the person who started the edge.</summary>
public sealed class CacheFolderException : Exception
{
    public CacheFolderException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
