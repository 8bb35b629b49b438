using Brink.Events;
using Brink.Http;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Events;

/// <summary>
/// The event object of functions spec 2.1 as a view of the edge's own messages. Nothing is copied before a script asks for it, and lists
/// are taken apart when they are first looked at. One view serves one run at a time and is kept for the next (<see cref="Rent"/>).
/// </summary>
internal sealed class EventView : FixedView
{
    private static readonly string[] Names = ["version", "context", "viewer", "request"];
    private static readonly string[] ResponseEventNames = [.. Names, "response"];

    [ThreadStatic]
    private static EventView? _kept;

    /// <summary>
    /// Null while no run uses the view: it stays where it is kept, as writing a reference to it twice for each run would be work for
    /// nothing.
    /// </summary>
    private TriggerEvent? _event;

    private EventView()
    {
        Context = new ContextView(this);
        Viewer = new ViewerView(this);
        Request = new RequestView(this);
        Response = new ResponseView(this);
    }

    /// <summary>The event that is shown.</summary>
    public TriggerEvent Event => _event ?? throw new InvalidOperationException("no run is under way");

    public ContextView Context { get; }

    public ViewerView Viewer { get; }

    public RequestView Request { get; }

    public ResponseView Response { get; }

    /// <summary>Whether <c>rawQueryString</c> is there (functions spec 7.3: runtime 2.0 only).</summary>
    public bool HasRawQueryString { get; private set; }

    /// <summary>A view of an event. Give it back with <see cref="Return"/>.</summary>
    public static EventView Rent(TriggerEvent triggerEvent, bool hasRawQueryString)
    {
        var view = _kept is { _event: null } kept ? kept : _kept = new EventView();
        view._event = triggerEvent;
        view.HasRawQueryString = hasRawQueryString;
        return view;
    }

    public void Return()
    {
        Request.Forget();
        Response.Forget();
        _event = null;
    }

    protected override string[] PropertyNames => Event.EventType == EventType.ViewerResponse ? ResponseEventNames : Names;

    public override void Read(int index, ref HostValue value)
    {
        switch (index)
        {
            case 0: value.SetText("1.0"); break;
            case 1: value.SetObject(Context); break;
            case 2: value.SetObject(Viewer); break;
            case 3: value.SetObject(Request); break;
            case 4: value.SetObject(Response); break;
        }
    }
}

/// <summary>A view with names that do not come from a message.</summary>
internal abstract class FixedView : HostObject
{
    protected abstract string[] PropertyNames { get; }

    public override object Layout => PropertyNames;

    public override int Count => PropertyNames.Length;

    public override string NameAt(int index) => PropertyNames[index];

    public override int IndexOf(ReadOnlySpan<char> name)
    {
        var names = PropertyNames;
        for (var i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
                return i;
        }
        return -1;
    }

    public abstract override void Read(int index, ref HostValue value);
}

/// <summary><c>event.context</c></summary>
internal sealed class ContextView(EventView view) : FixedView
{
    private static readonly string[] Names = ["distributionDomainName", "distributionId", "eventType", "requestId"];
    private static readonly string[] MultiTenantNames = ["distributionDomainName", "distributionId", "eventType", "requestId", "endpoint"];

    protected override string[] PropertyNames => view.Event.Endpoint is null ? Names : MultiTenantNames;

    public override void Read(int index, ref HostValue value) => value.SetText(index switch
    {
        0 => view.Event.DistributionDomainName,
        1 => view.Event.DistributionId,
        2 => view.Event.EventType.ToName(),
        3 => view.Event.Request.RequestId,
        _ => view.Event.Endpoint,
    });
}

/// <summary><c>event.viewer</c></summary>
internal sealed class ViewerView(EventView view) : FixedView
{
    private static readonly string[] Names = ["ip"];

    protected override string[] PropertyNames => Names;

    public override void Read(int index, ref HostValue value) => value.SetText(view.Event.Request.ClientIp);
}

/// <summary><c>event.request</c></summary>
internal sealed class RequestView : FixedView
{
    private static readonly string[] Names10 = ["method", "uri", "querystring", "headers", "cookies"];
    private static readonly string[] Names20 = [.. Names10, "rawQueryString"];
    private static readonly HostFunction RawQueryString = new("rawQueryString", 0, static call =>
        ((FunctionCall)call.Context!).Event.Request.QueryString is { } query ? call.Text(WireText.Decode(query)) : call.Undefined);

    private readonly EventView _view;

    public RequestView(EventView view)
    {
        _view = view;
        QueryString = new ValuesView(this, static (owner, parameters) => MessageParts.ReadQuery(Of(owner), parameters), isResponse: false);
        Headers = new ValuesView(this, static (owner, headers) =>
            MessageParts.ReadRequestHeaders(Of(owner).Request.Headers, Of(owner).ShowsCloudFrontHeader, headers), isResponse: false);
        Cookies = new ValuesView(this, static (owner, cookies) => MessageParts.ReadRequestCookies(Of(owner), cookies), isResponse: false);
    }

    public const int MethodPlace = 0, UriPlace = 1, QueryStringPlace = 2, HeadersPlace = 3, CookiesPlace = 4;

    public ValuesView QueryString { get; }

    public ValuesView Headers { get; }

    public ValuesView Cookies { get; }

    public void Forget()
    {
        QueryString.Forget();
        Headers.Forget();
        Cookies.Forget();
    }

    protected override string[] PropertyNames => _view.HasRawQueryString ? Names20 : Names10;

    public override void Read(int index, ref HostValue value)
    {
        switch (index)
        {
            case MethodPlace: value.SetText(_view.Event.Request.Method); break;
            case UriPlace: value.SetText(WireText.Decode(_view.Event.Request.Uri)); break;
            case QueryStringPlace: value.SetObject(QueryString); break;
            case HeadersPlace: value.SetObject(Headers); break;
            case CookiesPlace: value.SetObject(Cookies); break;
            default: value.SetFunction(RawQueryString); break;
        }
    }

    private static TriggerEvent Of(object owner) => ((RequestView)owner)._view.Event;
}

/// <summary><c>event.response</c>; it has no <c>body</c> (functions spec 2.4).</summary>
internal sealed class ResponseView : FixedView
{
    private static readonly string[] Names = ["statusCode", "statusDescription", "headers", "cookies"];

    private readonly EventView _view;

    public ResponseView(EventView view)
    {
        _view = view;
        Headers = new ValuesView(
            this, static (owner, headers) => MessageParts.ReadResponseHeaders(Of(owner).Headers, headers), isResponse: true);
        Cookies = new ValuesView(
            this, static (owner, cookies) => MessageParts.ReadResponseCookies(Of(owner).Headers, cookies), isResponse: true);
    }

    public const int StatusCodePlace = 0, StatusDescriptionPlace = 1, HeadersPlace = 2, CookiesPlace = 3;

    public ValuesView Headers { get; }

    public ValuesView Cookies { get; }

    public void Forget()
    {
        Headers.Forget();
        Cookies.Forget();
    }

    protected override string[] PropertyNames => Names;

    public override void Read(int index, ref HostValue value)
    {
        var response = Of(this);
        switch (index)
        {
            case StatusCodePlace: value.SetNumber(response.StatusCode); break;
            case StatusDescriptionPlace: value.SetText(WireText.Decode(DescriptionOf(response))); break;
            case HeadersPlace: value.SetObject(Headers); break;
            case CookiesPlace: value.SetObject(Cookies); break;
        }
    }

    /// <summary>The reason phrase as a function sees it.</summary>
    public static string DescriptionOf(EdgeResponse response) => response.StatusDescription ?? StatusPhrases.For(response.StatusCode);

    private static EdgeResponse Of(object owner) => ((ResponseView)owner)._view.Event.Response!;
}
