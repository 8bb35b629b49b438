using System.Buffers;
using Brink.Http;

namespace Brink.Edge.Cache.Rules;

/// <summary>CDN-Cache-Control, which takes the place of Cache-Control and Expires for a cache such as this one (RFC 9213).</summary>
internal static class TargetedCacheControl
{
    private const string Name = "cdn-cache-control";

    /// <summary>
    /// False where there is none, or an empty one, or one that is no dictionary of structured fields: that counts as absent (section 2.1).
    /// </summary>
    public static bool TryRead(HeaderList headers, out CacheControl control)
    {
        control = default;
        var index = headers.IndexOf(Name);
        if (index < 0)
            return false;
        var text = headers[index].Value;
        while ((index = headers.IndexOf(Name, index + 1)) >= 0)
            text = $"{text},{headers[index].Value}";

        var members = new DictionaryMembers(text);
        var any = false;
        while (members.TryNext(out var name, out var value, out var kind))
        {
            any = true;
            // A number where one is meant, nothing where nothing is: a directive of another type says nothing.
            if (kind is MemberKind.True or MemberKind.Integer)
                control = control.With(name, value, lastHolds: true);
        }
        return any && members.IsAtEnd;
    }

    private enum MemberKind
    {
        True,
        Integer,
        Other,
    }

    /// <summary>The members of a dictionary (RFC 9651 section 4.2.2); it stands still at the first thing that is none.</summary>
    private ref struct DictionaryMembers(string text)
    {
        private ReadOnlySpan<char> _rest = text.AsSpan().Trim(' ');
        private bool _isBroken;

        public readonly bool IsAtEnd => !_isBroken && _rest.IsEmpty;

        public bool TryNext(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value, out MemberKind kind)
        {
            name = value = default;
            kind = MemberKind.True;
            if (_isBroken || _rest.IsEmpty)
                return false;
            var began = _rest;
            _isBroken = !SkipKey();
            name = began[..^_rest.Length];
            if (!_isBroken && _rest.StartsWith("="))
            {
                _rest = _rest[1..];
                var start = _rest;
                _isBroken = !(_rest.StartsWith("(") ? SkipInnerList(out kind) : SkipBareItem(out kind));
                value = kind == MemberKind.Integer ? start[..^_rest.Length] : default;
            }
            _isBroken = _isBroken || !SkipParameters() || !SkipComma();
            return !_isBroken;
        }

        private bool SkipComma()
        {
            _rest = _rest.TrimStart(" \t");
            if (_rest.IsEmpty)
                return true;
            if (_rest[0] != ',')
                return false;
            _rest = _rest[1..].TrimStart(" \t");
            return !_rest.IsEmpty; // a comma at the end is an error
        }

        private bool SkipKey()
        {
            if (_rest.IsEmpty || !(char.IsAsciiLetterLower(_rest[0]) || _rest[0] == '*'))
                return false;
            return Skip(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.' or '*');
        }

        private bool SkipParameters()
        {
            while (_rest.StartsWith(";"))
            {
                _rest = _rest[1..].TrimStart(' ');
                if (!SkipKey())
                    return false;
                if (!_rest.StartsWith("="))
                    continue;
                _rest = _rest[1..];
                if (!SkipBareItem(out _))
                    return false;
            }
            return true;
        }

        private bool SkipInnerList(out MemberKind kind)
        {
            kind = MemberKind.Other;
            _rest = _rest[1..];
            while (true)
            {
                var before = _rest.Length;
                _rest = _rest.TrimStart(' ');
                if (_rest.IsEmpty)
                    return false;
                if (_rest[0] == ')')
                {
                    _rest = _rest[1..];
                    return true;
                }
                if (_rest.Length == before && text[^(before + 1)] != '(')
                    return false;
                if (!SkipBareItem(out _) || !SkipParameters())
                    return false;
            }
        }

        private bool SkipBareItem(out MemberKind kind)
        {
            kind = MemberKind.Other;
            if (_rest.IsEmpty)
                return false;
            switch (_rest[0])
            {
                case '"':
                    return SkipString();
                case ':':
                    var end = _rest[1..].IndexOf(':');
                    if (end < 0 || _rest.Slice(1, end).ContainsAnyExcept(Base64))
                        return false;
                    _rest = _rest[(end + 2)..];
                    return true;
                case '?':
                    if (_rest.Length < 2 || _rest[1] is not ('0' or '1'))
                        return false;
                    kind = _rest[1] == '1' ? MemberKind.True : MemberKind.Other;
                    _rest = _rest[2..];
                    return true;
                case '-':
                case >= '0' and <= '9':
                    return SkipNumber(out kind);
                case '*':
                case >= 'a' and <= 'z':
                case >= 'A' and <= 'Z':
                    return Skip(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~:/".Contains(c));
                default:
                    return false;
            }
        }

        private bool SkipNumber(out MemberKind kind)
        {
            kind = MemberKind.Integer;
            if (_rest[0] == '-')
                _rest = _rest[1..];
            var digits = Digits();
            if (digits is 0 or > 15)
                return false;
            if (!_rest.StartsWith("."))
                return true;
            kind = MemberKind.Other;
            _rest = _rest[1..];
            return digits <= 12 && Digits() is >= 1 and <= 3;
        }

        private bool SkipString()
        {
            for (var i = 1; i < _rest.Length; i++)
            {
                if (_rest[i] is < ' ' or > '~')
                    return false;
                if (_rest[i] == '"')
                {
                    _rest = _rest[(i + 1)..];
                    return true;
                }
                if (_rest[i] == '\\' && (++i == _rest.Length || _rest[i] is not ('"' or '\\')))
                    return false;
            }
            return false;
        }

        private int Digits()
        {
            var before = _rest.Length;
            Skip(char.IsAsciiDigit);
            return before - _rest.Length;
        }

        private bool Skip(Func<char, bool> belongs)
        {
            var i = 0;
            while (i < _rest.Length && belongs(_rest[i]))
                i++;
            _rest = _rest[i..];
            return true;
        }

        private static readonly SearchValues<char> Base64 =
            SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
    }
}
