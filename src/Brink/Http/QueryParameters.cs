namespace Brink.Http;

/// <summary>
/// The parameters of a raw query string, in order. Separated by <c>&amp;</c> only (<c>;</c> is part of a value), never decoded
/// (distribution spec 3.1). Enumerates without allocating.
/// </summary>
public ref struct QueryParameters
{
    private ReadOnlySpan<char> _rest;
    private bool _more;

    /// <summary>Over a query without its <c>?</c>.</summary>
    public QueryParameters(ReadOnlySpan<char> query)
    {
        _rest = query;
        _more = query.Length > 0;
    }

    /// <summary>The parameter as spelled: <c>name=value</c>, <c>name=</c> or <c>name</c>.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>The part before the first <c>=</c>.</summary>
    public readonly ReadOnlySpan<char> CurrentName
    {
        get
        {
            var equals = Current.IndexOf('=');
            return equals < 0 ? Current : Current[..equals];
        }
    }

    /// <summary>Steps to the next parameter; false after the last. Empty ones (<c>a&amp;&amp;b</c>) are skipped.</summary>
    public bool MoveNext()
    {
        while (_more)
        {
            var end = _rest.IndexOf('&');
            if (end < 0)
            {
                Current = _rest;
                _more = false;
            }
            else
            {
                Current = _rest[..end];
                _rest = _rest[(end + 1)..];
            }
            if (Current.Length > 0)
                return true;
        }
        return false;
    }

    /// <summary>For foreach.</summary>
    public readonly QueryParameters GetEnumerator() => this;
}
