using System.Text;
using Brink.Edge.Configuration;
using Brink.Edge.Listening;
using Brink.Edge.Messages;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Delivery;

/// <summary>
/// What a response headers policy does to the head of one answer (distribution spec 2.7; 1.1, stage 19): while the head is written, fields
/// of the answer are taken out; behind the standard headers those of the policy are added.
/// </summary>
internal ref struct PolicyFields
{
    private readonly ResponseHeaderRules? _rules;
    private readonly EdgeRequest _request;
    private readonly string? _origin;
    private readonly string? _allowOrigin;
    private readonly ServerTiming? _timing;
    private StringBuilder? _originsTiming;
    private ulong _kept;
    private bool _hasCors;
    private bool _variesOnOrigin;

    /// <param name="rules">The rules of the behavior; null for none.</param>
    /// <param name="request">The request, as viewer-request left it.</param>
    /// <param name="timing">What Server-Timing says of the answer; null where it gets none.</param>
    public PolicyFields(ResponseHeaderRules? rules, EdgeRequest request, ServerTiming? timing)
    {
        (_rules, _request, _timing) = (rules, request, timing);
        if (rules?.Policy.Cors is not { } cors)
            return;
        _origin = request.Headers.Get("Origin");
        _allowOrigin = _origin is null ? null : cors.AllowOriginFor(_origin);
    }

    /// <summary>Whether Server is the policy's where the answer has none.</summary>
    public readonly bool SetsServer => _rules is { SetsServer: true };

    /// <summary>Whether Age is the policy's.</summary>
    public readonly bool SetsAge => _rules is { SetsAge: true };

    /// <summary>Takes note of a field of the answer. True: it goes no further.</summary>
    public bool TakesOut(in HeaderField field)
    {
        if (_rules is null)
            return false;
        switch (_rules.RuleFor(field.Name, out var place))
        {
            case FieldRule.TakeOut:
                return true;
            case FieldRule.Keep:
                _kept |= 1UL << place;
                return false;
            case FieldRule.Cors when IgnoresOriginsCors:
                return true;
            case FieldRule.Cors or FieldRule.OtherCors:
                _hasCors = true;
                return false;
            case FieldRule.Vary:
                _variesOnOrigin |= Lists(field.Value, "Origin") || Lists(field.Value, "*");
                return false;
            case FieldRule.ServerTiming when _timing is not null:
                // On a hit it would tell of the request that filled the cache.
                if (!_timing.IsHit && field.Value.Length > 0 && FieldText.IsSafe(field.Value))
                    (_originsTiming ??= new StringBuilder()).Append(',').Append(field.Value);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Adds the fields of the policy.</summary>
    public readonly void AddTo(Viewer viewer)
    {
        if (_rules is null)
            return;
        if (AddsCors)
            AddCors(_rules.Policy.Cors!, viewer);
        if (_kept == 0)
            viewer.Fields(_rules.Added);
        else
            AddOthersThanKept(viewer);
        if (_timing is not null)
            viewer.Field("Server-Timing", $"{_timing.Text}{_originsTiming}");
        if (DependsOnOrigin && !_variesOnOrigin)
            viewer.Field("Vary", "Origin");
    }

    /// <summary>
    /// Whether a pragma or another list names something: <c>Pragma: server-timing</c>, <c>Vary: Accept-Encoding, Origin</c>.
    /// </summary>
    public static bool Lists(ReadOnlySpan<char> list, ReadOnlySpan<char> name)
    {
        if (list.Length < name.Length)
            return false;
        foreach (var range in list.Split(','))
        {
            if (list[range].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>
    /// With OriginOverride the fields of the policy replace the origin's, for an Origin that the policy does not allow too: otherwise an
    /// application that allows every origin would undo the policy's list (AWS does not say).
    /// </summary>
    private readonly bool IgnoresOriginsCors => _origin is not null && _rules!.Policy.Cors!.Override;

    /// <summary>
    /// Whether the policy's fields of CORS are added. Without OriginOverride any of them that the origin sent speaks for all: the policy
    /// adds none beside it.
    /// </summary>
    private readonly bool AddsCors => _allowOrigin is not null && (_rules!.Policy.Cors!.Override || !_hasCors);

    /// <summary>Whether a request with another Origin, or with one at all, would have got another head.</summary>
    private readonly bool DependsOnOrigin => _rules!.Policy.Cors is { } cors && !(AddsCors && cors.AllowsAnyOrigin);

    private readonly void AddOthersThanKept(Viewer viewer)
    {
        var added = _rules!.Policy.AddedHeaders.AsSpan();
        for (var place = 0; place < added.Length; place++)
        {
            if ((_kept & (1UL << place)) == 0)
                viewer.Field(added[place].Name, added[place].Value);
        }
    }

    private readonly void AddCors(CorsHeaders cors, Viewer viewer)
    {
        if (!cors.AllowsAnyOrigin)
            viewer.Field("Access-Control-Allow-Origin", _allowOrigin!);
        viewer.Fields(_rules!.ForEveryOrigin);
        if (CorsHeaders.IsPreflight(_request))
            AddPreflight(cors, viewer);
    }

    private readonly void AddPreflight(CorsHeaders cors, Viewer viewer)
    {
        if (cors.AllowMethods is { } methods)
            viewer.Field("Access-Control-Allow-Methods", methods);
        if (cors.AllowHeadersFor(_request.Headers.Get("Access-Control-Request-Headers")) is { } headers)
            viewer.Field("Access-Control-Allow-Headers", headers);
        if (cors.MaxAge is { } seconds)
            viewer.Field("Access-Control-Max-Age", seconds);
    }
}
