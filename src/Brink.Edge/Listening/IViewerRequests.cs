namespace Brink.Edge.Listening;

/// <summary>What answers the requests that a listener has read.</summary>
internal interface IViewerRequests
{
    /// <summary>Answers one request, or ends its connection. Never throws.</summary>
    Task AnswerAsync(Viewer viewer);
}
