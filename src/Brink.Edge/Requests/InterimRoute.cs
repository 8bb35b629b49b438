using Brink.Http;

namespace Brink.Edge.Requests;

/// <summary>The viewer of a request, who may get interim responses (1xx) of the origin before its answer begins.</summary>
/// <param name="Viewer">The viewer's connection; null where none are passed on.</param>
/// <param name="Number">Which request of that connection it is: one that comes too late, for an earlier request, goes nowhere.</param>
internal readonly record struct InterimRoute(IInterimViewer? Viewer, int Number)
{
    /// <summary>Passes one on.</summary>
    public void Send(int status, HeaderList fields) => Viewer?.SendInterim(Number, status, fields);
}

/// <summary>A viewer's connection, as far as interim responses go.</summary>
internal interface IInterimViewer
{
    /// <summary>
    /// Sends one, unless the answer to that request has begun. Called by the thread that reads from the origin.
    /// </summary>
    void SendInterim(int number, int status, HeaderList fields);
}
