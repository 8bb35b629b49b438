namespace Brink.Edge.Listening;

/// <summary>A feature of connections whose transport knows how far the viewer is.</summary>
internal interface ISendProgress
{
    /// <summary>
    /// Bytes of the whole connection that the viewer's system has confirmed. What the own system has taken and not got rid of, up to
    /// megabytes, is not among them.
    /// </summary>
    long TakenByViewer { get; }
}
