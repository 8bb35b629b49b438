using Brink.Events;
using Brink.Functions.Events;
using Brink.Http;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;

namespace Brink.Functions.Results;

/// <summary>
/// What a function returned, as a difference to what it was given. First everything is read and checked, then it is applied: a result that
/// is not valid leaves the messages as they were. The order of the checks is that of functions spec 4.3. Kept for the next run
/// (<see cref="Rent"/>).
/// </summary>
internal sealed class ResultEdit : IResultReader
{
    [ThreadStatic]
    private static ResultEdit? _kept;

    private readonly ValuesEdit _headers = new(joins: false);
    private readonly ValuesEdit _requestCookies = new(joins: true);
    private readonly ValuesEdit _responseCookies = new(joins: false);
    private readonly ValuesEdit _query = new(joins: true);
    private readonly FieldEdits _fields = new();
    private EventView? _view;
    private string? _problem;
    private string? _uri;
    private string? _queryString;
    private bool _isQueryChanged;
    private bool _isStatusDescriptionRead;
    private string? _statusDescription;

    /// <summary>What is wrong with the result, in AWS's words; null if it is valid.</summary>
    public string? Problem => _problem;

    /// <summary>The function returned a response, not a request.</summary>
    public bool IsResponse { get; private set; }

    /// <summary>A viewer-request function answered.</summary>
    public bool IsGenerated => IsResponse && View.Event.EventType == EventType.ViewerRequest;

    /// <summary>The status of a returned response.</summary>
    public int StatusCode { get; private set; }

    /// <summary>The body of a returned response.</summary>
    public BodyEdit Body { get; } = new();

    /// <summary>The query string as the function gave it in place of the object; null if it gave none.</summary>
    public string? QueryText { get; private set; }

    /// <summary>The query string as an object that the function changed; null if it did not, or gave text.</summary>
    public NamedValues? ReturnedQuery => IsResponse || QueryText is not null ? null : _query.Returned();

    /// <summary>The cookies as the function changed them; null if it did not.</summary>
    public NamedValues? ReturnedCookies => (IsResponse ? _responseCookies : _requestCookies).Returned();

    /// <summary>Whether the Content-Length of the response is the function's own word.</summary>
    public bool SetsContentLength => _headers.Sets("content-length");

    private EventView View => _view ?? throw new InvalidOperationException("no run is under way");

    /// <summary>An edit for a run. Give it back with <see cref="Return"/>.</summary>
    public static ResultEdit Rent(EventView view)
    {
        var edit = _kept is { _view: null } kept ? kept : _kept = new ResultEdit();
        edit._view = view;
        edit._problem = null;
        edit._uri = null;
        edit._queryString = null;
        edit.QueryText = null;
        edit._isQueryChanged = false;
        edit._isStatusDescriptionRead = false;
        edit._statusDescription = null;
        edit.IsResponse = false;
        edit.Body.Begin();
        return edit;
    }

    public void Return()
    {
        _fields.Forget();
        _headers.Begin(null);
        _requestCookies.Begin(null);
        _responseCookies.Begin(null);
        _query.Begin(null);
        Body.Begin();
        _view = null;
    }

    // ---------------------------------------------------------------- reading

    /// <summary>Reads and checks the result; false if a getter of the script threw. Then see <see cref="Problem"/>.</summary>
    public bool Read(ScriptValue result)
    {
        var isViewerRequest = View.Event.EventType == EventType.ViewerRequest;
        if (result.Kind != ScriptValueKind.Object)
        {
            _problem = ValidationMessages.NotAnObject(result.TypeName, isViewerRequest);
            return true;
        }
        result.IsHostObject(out var source);
        if (ReferenceEquals(source, View))
        {
            _problem = ValidationMessages.IsTheEvent(isViewerRequest);
            return true;
        }
        IsResponse = ReferenceEquals(source, View.Request) && !result.HasAddedProperties ? false : result.Has(ResultNames.StatusCode);
        if (IsResponse)
            return ReadResponse(result, ReferenceEquals(source, View.Response) && !isViewerRequest, isViewerRequest);
        if (!isViewerRequest)
            _problem = ValidationMessages.NotAResponse();
        else if (ReferenceEquals(source, View.Request))
            return ReadRequest(result, isOriginal: true);
        else if (result.Has(ResultNames.Uri))
            return ReadRequest(result, isOriginal: false);
        else
            _problem = ValidationMessages.NeitherRequestNorResponse();
        return true;
    }

    private bool ReadRequest(ScriptValue result, bool isOriginal)
    {
        var view = View.Request;
        _headers.Begin(view.Headers);
        _requestCookies.Begin(view.Cookies);
        _query.Begin(view.QueryString);
        if (!ReadList(result, isOriginal, RequestView.HeadersPlace, ResultNames.Headers, _headers, "request.headers", hasAttributes: false,
            keepsMissing: false)
            || !ReadList(result, isOriginal, RequestView.CookiesPlace, ResultNames.Cookies, _requestCookies, "request.cookies",
                hasAttributes: false, keepsMissing: false)
            || !ReadQuery(result, isOriginal))
            return false;
        var method = PartOf(result, isOriginal, RequestView.MethodPlace, ResultNames.Method, out var isMethodTouched);
        if (method.IsThrew)
            return false;
        var uri = PartOf(result, isOriginal, RequestView.UriPlace, ResultNames.Uri, out var isUriTouched);
        if (uri.IsThrew)
            return false;

        _problem ??= _headers.CheckHeaders("request.headers", HeaderRule.ReadOnlyInRequest)
            ?? _requestCookies.CheckControls("request.cookies")
            ?? (isMethodTouched ? CheckMethod(method, isOriginal) : null)
            ?? (isUriTouched ? TakeUri(uri) : null)
            ?? CheckRequestSizes();
        return true;
    }

    private bool ReadResponse(ScriptValue result, bool isOriginal, bool isGenerated)
    {
        var view = View.Response;
        _headers.Begin(isGenerated ? null : view.Headers);
        _responseCookies.Begin(isGenerated ? null : view.Cookies);
        var status = PartOf(result, isOriginal, ResponseView.StatusCodePlace, ResultNames.StatusCode, out var isStatusTouched);
        if (status.IsThrew)
            return false;
        if (!isStatusTouched)
            StatusCode = View.Event.Response!.StatusCode;
        else if (status.IsNumber && status.AsNumber == Math.Truncate(status.AsNumber)
            && (status.AsNumber is >= 200 and <= 599 || status.AsNumber == View.Event.Response?.StatusCode))
            StatusCode = (int)status.AsNumber; // the 101 of a WebSocket may stay
        else
            _problem = ValidationMessages.StatusCode();

        var description = PartOf(
            result, isOriginal, ResponseView.StatusDescriptionPlace, ResultNames.StatusDescription, out var isDescriptionTouched);
        if (description.IsThrew)
            return false;
        if (isDescriptionTouched)
            TakeDescription(description);
        if (!ReadList(result, isOriginal, ResponseView.HeadersPlace, ResultNames.Headers, _headers, "response.headers",
            hasAttributes: false, keepsMissing: !isOriginal)
            || !ReadList(result, isOriginal, ResponseView.CookiesPlace, ResultNames.Cookies, _responseCookies, "response.cookies",
                hasAttributes: true, keepsMissing: !isOriginal))
            return false;

        // The event's response has no body: only a script can have put one there.
        string? bodyProblem = null;
        if ((!isOriginal || result.HasAddedProperties) && !ReadBody(result, ref bodyProblem))
            return false;

        _problem ??= _headers.CheckHeaders("response.headers", HeaderRule.ReadOnlyInResponse)
            ?? _responseCookies.CheckControls("response.cookies")
            ?? CheckResponseSize(isGenerated)
            ?? bodyProblem
            ?? (Body.IsSet ? Body.Check() : null);
        return true;
    }

    private bool ReadBody(ScriptValue result, ref string? problem)
    {
        var body = result.Get(ResultNames.Body);
        return !body.IsThrew && Body.Read(body, ref problem);
    }

    /// <summary>
    /// A part of the result; <paramref name="isTouched"/> is false when it is still what the event has, and then nothing is read.
    /// </summary>
    private static ScriptValue PartOf(ScriptValue result, bool isOriginal, int place, ScriptName name, out bool isTouched)
    {
        isTouched = !isOriginal || result.TryGetTouched(place, out _);
        return isTouched ? result.Get(name) : default;
    }

    private bool ReadList(ScriptValue result, bool isOriginal, int place, ScriptName name, ValuesEdit edit, string path, bool hasAttributes,
        bool keepsMissing)
    {
        if (_problem is not null)
            return true;
        var list = PartOf(result, isOriginal, place, name, out var isTouched);
        if (list.IsThrew)
            return false;
        if (!isTouched || (list.IsUndefined && keepsMissing))
            return true;
        if (list.IsUndefined)
        {
            edit.ReadMissing();
            return true;
        }
        if (list.Kind != ScriptValueKind.Object)
        {
            _problem = ValidationMessages.NotAList(path);
            return true;
        }
        var read = edit.Read(list, path, hasAttributes);
        _problem ??= edit.Problem;
        return read;
    }

    private bool ReadQuery(ScriptValue result, bool isOriginal)
    {
        if (_problem is not null)
            return true;
        var query = PartOf(result, isOriginal, RequestView.QueryStringPlace, ResultNames.QueryString, out var isTouched);
        if (query.IsThrew)
            return false;
        if (!isTouched)
            return true;
        if (query.IsString)
        {
            if (query.TextLength >= Limits.UrlBytes)
                _problem = ValidationMessages.UrlTooLong();
            else
                TakeQuery(WireText.Encode(QueryText = query.AsText()));
            return true;
        }
        if (query.IsUndefined)
            _query.ReadMissing();
        else if (query.Kind != ScriptValueKind.Object)
            _problem = ValidationMessages.NotAListOrText("request.querystring");
        else if (!_query.Read(query, "request.querystring", hasAttributes: false))
            return false;
        _problem ??= _query.Problem;
        if (_problem is null && (_query.IsChanged || _query.IsReordered))
            TakeQuery(_query.Join("&"));
        return true;
    }

    private void TakeQuery(string query)
    {
        // An empty query that was empty keeps its spelling: with a bare question mark or without.
        _isQueryChanged = query.Length > 0 || !string.IsNullOrEmpty(View.Event.Request.QueryString);
        _queryString = query.Length == 0 ? null : query;
    }

    private string? CheckMethod(ScriptValue method, bool isOriginal) =>
        method.TextEquals(View.Event.Request.Method) || (method.IsUndefined && !isOriginal) ? null : ValidationMessages.Method();

    private string? TakeUri(ScriptValue uri)
    {
        if (!uri.IsString || uri.TextLength == 0)
            return ValidationMessages.Uri();
        if (uri.TextLength >= Limits.UrlBytes)
            return ValidationMessages.UrlTooLong();
        var original = WireText.Decode(View.Event.Request.Uri);
        if (original.StartsWith('/') && uri.TextEquals(original))
            return null;
        var text = uri.AsText();
        if (text[0] != '/')
            return ValidationMessages.Uri();
        if (WireText.IsUnfitForTarget(text) || text.Contains('?'))
            return ValidationMessages.UriCharacters();
        _uri = WireText.Encode(text);
        return null;
    }

    private void TakeDescription(ScriptValue description)
    {
        _isStatusDescriptionRead = true;
        if (description.IsUndefined)
            return;
        if (!description.IsString || description.TextLength > Limits.HeadBytes)
        {
            _problem ??= ValidationMessages.StatusDescription();
            return;
        }
        var text = description.AsText();
        if (WireText.HasControls(text))
            _problem ??= ValidationMessages.StatusDescription();
        else
            _statusDescription = WireText.Encode(text);
    }

    // ---------------------------------------------------------------- sizes

    private string? CheckRequestSizes()
    {
        var request = View.Event.Request;
        if (_isQueryChanged && _queryString is not null && WireText.IsUnfitForTarget(_queryString))
            return ValidationMessages.QueryCharacters();
        var uri = _uri ?? request.Uri;
        var query = _isQueryChanged ? _queryString : request.QueryString;
        var url = uri.Length + (query is null ? 0 : 1 + query.Length);
        if ((_uri is not null || _isQueryChanged) && url >= Limits.UrlBytes)
            return ValidationMessages.UrlTooLong();
        if (!_headers.IsChanged && !_requestCookies.IsChanged && !_requestCookies.IsReordered)
            return null;
        EditRequestFields(request.Headers);
        return request.Method.Length + url + _fields.Size > Limits.HeadBytes ? ValidationMessages.TooLarge("request") : null;
    }

    private string? CheckResponseSize(bool isGenerated)
    {
        if (!_headers.IsChanged && !_responseCookies.IsChanged)
            return null;
        _fields.Begin(isGenerated ? null : View.Event.Response!.Headers);
        _headers.EditInPlace(isCookie: false, _fields);
        _responseCookies.EditInPlace(isCookie: true, _fields);
        _headers.EditBehind(isCookie: false, _fields);
        _responseCookies.EditBehind(isCookie: true, _fields);
        return _fields.Size > Limits.HeadBytes ? ValidationMessages.TooLarge("response") : null;
    }

    private void EditRequestFields(HeaderList original)
    {
        _fields.Begin(original);
        _headers.EditInPlace(isCookie: false, _fields);
        _headers.EditBehind(isCookie: false, _fields);
        if (!_requestCookies.IsChanged && !_requestCookies.IsReordered)
            return;
        // One Cookie field, in the place of the first one that came.
        var cookies = _requestCookies.Join("; ");
        for (var i = original.IndexOf("Cookie"); i >= 0; i = original.IndexOf("Cookie", i + 1))
        {
            if (cookies.Length == 0)
                _fields.Remove(i);
            else
                _fields.Replace(i, new HeaderField(original[i].Name, cookies));
            cookies = "";
        }
        if (cookies.Length > 0)
            _fields.Append(new HeaderField("Cookie", cookies));
    }

    // ---------------------------------------------------------------- writing

    /// <summary>Applies a valid result to the event's messages; a generated response comes back instead.</summary>
    public EdgeResponse? Apply()
    {
        if (!IsResponse)
        {
            ApplyTo(View.Event.Request);
            return null;
        }
        if (!IsGenerated)
        {
            ApplyTo(View.Event.Response!);
            return null;
        }
        var response = new EdgeResponse { StatusCode = StatusCode, StatusDescription = _statusDescription };
        _fields.ApplyTo(response.Headers);
        if (Body.Bytes.Length > 0)
            response.Body = new BytesBody(Body.Bytes);
        BodyFraming.SetContentLength(response);
        return response;
    }

    private void ApplyTo(EdgeRequest request)
    {
        if (_uri is not null)
            request.Uri = _uri;
        if (_isQueryChanged)
            request.QueryString = _queryString;
        _fields.ApplyTo(request.Headers);
    }

    private void ApplyTo(EdgeResponse response)
    {
        // The object that came back says the old phrase with the new status, unless the function changed that too.
        var shown = ResponseView.DescriptionOf(response);
        if (_isStatusDescriptionRead && _statusDescription != shown)
            response.StatusDescription = _statusDescription;
        else if (StatusCode != response.StatusCode)
            response.StatusDescription ??= shown;
        response.StatusCode = StatusCode;
        _fields.ApplyTo(response.Headers);
        if (!Body.IsSet)
            return;
        response.Body = Body.Bytes.Length > 0 ? new BytesBody(Body.Bytes) : MessageBody.Empty;
        BodyFraming.SetContentLength(response);
    }
}
