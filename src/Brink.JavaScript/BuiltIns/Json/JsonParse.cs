using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Json;

/// <summary>
/// JSON.parse: straight from the text into objects; strings without escapes are slices of the text. Error texts, their positions, the depth
/// limit and the liberties with numbers (<c>01</c>, <c>1.</c>, <c>.5</c>) are njs's.
/// </summary>
internal static class JsonParse
{
    /// <summary>Arrays and objects within each other.</summary>
    public const int MaxDepth = 32;

    private static readonly SearchValues<char> EndsPlainString = SearchValues.Create(
        "\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\v\f\r\u000E\u000F"
            + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F");

    public static Value Parse(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return text;
        text = realm.ToTextIfUtf8(text);
        var value = text.IsBmp
            ? new Reader<char>(realm, text, text.Chars).ReadAll()
            : new Reader<int>(realm, text, text.View.CodePoints).ReadAll();
        var reviver = arguments.At(1);
        if (value.IsThrew || !reviver.IsCallable)
            return value;
        var root = realm.NewObject();
        root.Put(realm, Names.Empty, value);
        return Revive(realm, root, Names.Empty, reviver, depth: 0);
    }

    /// <summary>Lets the reviver answer for every value, inner ones first (ECMAScript 25.5.1.1).</summary>
    private static Value Revive(Realm realm, JsObject holder, PropertyKey key, in Value reviver, int depth)
    {
        var value = realm.Get(holder, key);
        if (value.IsThrew)
            return value;
        if (value.IsObject)
        {
            // What was parsed is never so deep, but the reviver may have hung something in.
            if (depth > MaxDepth)
                return realm.ThrowTypeError("Nested too deep or a cyclic structure");
            var inner = value.AsObject;
            if (!realm.TryEnterNative())
                return Value.Threw;
            var done = ReviveMembers(realm, inner, reviver, depth);
            realm.NativeDepth--;
            if (!done)
                return Value.Threw;
        }
        return realm.Call(reviver, Value.Object(holder), [((Atom)key).Value, value]);
    }

    private static bool ReviveMembers(Realm realm, JsObject holder, in Value reviver, int depth)
    {
        foreach (var key in ObjectBuiltIns.OwnKeys(realm, holder))
        {
            if (key is Symbol || !holder.GetOwn(realm, key, out var property) || (property.Flags & PropertyFlags.Enumerable) == 0)
                continue;
            var revived = Revive(realm, holder, key, reviver, depth + 1);
            if (revived.IsThrew)
                return false;
            if (revived.IsUndefined ? !realm.Delete(Value.Object(holder), key) : !PropertyDescriptor.Create(realm, holder, key, revived))
                return false;
        }
        return true;
    }

    private ref struct Reader<T>(Realm realm, Value text, ReadOnlySpan<T> source) where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _source = source;
        private int _at;
        private int _depth;

        public Value ReadAll()
        {
            SkipSpace();
            var value = ReadValue();
            if (value.IsThrew)
                return value;
            SkipSpace();
            return _at < _source.Length ? Fail("Unexpected token", _at) : value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly int CodeAt(int index) =>
            typeof(T) == typeof(char) ? Unsafe.BitCast<T, char>(_source[index]) : Unsafe.BitCast<T, int>(_source[index]);

        private readonly ReadOnlySpan<char> Chars => MemoryMarshal.Cast<T, char>(_source);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void SkipSpace()
        {
            var start = _at;
            while (_at < _source.Length && CodeAt(_at) is ' ' or '\n' or '\r' or '\t')
                _at++;
            if (_at - start > 16)
                realm.Charge((_at - start) / Price.ReadCharacters);
        }

        private readonly Value Fail(string problem, int position) =>
            realm.Throw(ErrorType.SyntaxError, $"{problem} at position {position}");

        private readonly Value FailAtEnd() => Fail("Unexpected end of input", _source.Length);

        private Value ReadValue()
        {
            realm.Charge(1);
            if (_at >= _source.Length)
                return FailAtEnd();
            var first = CodeAt(_at);
            switch (first)
            {
                case '"':
                    return ReadString();
                case '{':
                    return ReadObject();
                case '[':
                    return ReadArray();
                case 't':
                    return ReadWord("true", Value.True);
                case 'f':
                    return ReadWord("false", Value.False);
                case 'n':
                    return ReadWord("null", Value.Null);
                default:
                    return first <= '9' ? ReadNumber() : Fail("Unexpected token", _at);
            }
        }

        private Value ReadWord(string word, in Value value)
        {
            if (_at + word.Length > _source.Length)
                return Fail("Unexpected token", _at);
            for (var i = 1; i < word.Length; i++)
            {
                if (CodeAt(_at + i) != word[i])
                    return Fail("Unexpected token", _at);
            }
            _at += word.Length;
            return value;
        }

        private Value ReadObject()
        {
            if (_depth == MaxDepth - 1)
                return Fail("Nested too deep", _at);
            _depth++;
            _at++;
            var @object = realm.NewObject();
            SkipSpace();
            if (_at < _source.Length && CodeAt(_at) == '}')
                return End(@object);
            while (true)
            {
                if (_at >= _source.Length)
                    return FailAtEnd();
                if (CodeAt(_at) != '"')
                    return CodeAt(_at) == '}' ? Fail("Trailing comma", _at - 1) : Fail("Unexpected token", _at);
                var name = ReadString();
                if (name.IsThrew)
                    return name;
                SkipSpace();
                if (_at >= _source.Length || CodeAt(_at) != ':')
                    return Fail("Unexpected token", _at);
                _at++;
                SkipSpace();
                var value = ReadValue();
                if (value.IsThrew)
                    return value;
                @object.PutData(realm, realm.AtomOf(name), value);
                SkipSpace();
                if (_at >= _source.Length)
                    return FailAtEnd();
                if (CodeAt(_at) == '}')
                    return End(@object);
                if (CodeAt(_at) != ',')
                    return Fail("Unexpected token", _at);
                _at++;
                SkipSpace();
            }
        }

        private Value ReadArray()
        {
            if (_depth == MaxDepth - 1)
                return Fail("Nested too deep", _at);
            _depth++;
            _at++;
            var array = realm.NewArray();
            SkipSpace();
            if (_at < _source.Length && CodeAt(_at) == ']')
                return End(array);
            while (true)
            {
                var value = ReadValue();
                if (value.IsThrew)
                    return value;
                array.Push(realm, value);
                SkipSpace();
                if (_at >= _source.Length)
                    return FailAtEnd();
                if (CodeAt(_at) == ']')
                    return End(array);
                if (CodeAt(_at) != ',')
                    return Fail("Unexpected token", _at);
                _at++;
                SkipSpace();
                if (_at < _source.Length && CodeAt(_at) == ']')
                    return Fail("Trailing comma", _at - 1);
            }
        }

        private Value End(JsObject finished)
        {
            _at++;
            _depth--;
            return Value.Object(finished);
        }

        // ------------------------------------------------------------ numbers

        private Value ReadNumber()
        {
            var start = _at;
            var negative = CodeAt(_at) == '-';
            var digitsAt = negative ? start + 1 : start;
            if (digitsAt == _source.Length)
                return Fail("Unexpected number", start);
            var at = digitsAt;
            long whole = 0;
            while (at < _source.Length && IsDigit(at) && at - digitsAt < 15)
                whole = whole * 10 + (CodeAt(at++) - '0');
            if (at > digitsAt && (at == _source.Length || !(IsDigit(at) || CodeAt(at) is '.' or 'e' or 'E')))
            {
                _at = at;
                return Value.Number(negative ? -(double)whole : whole);
            }
            return ReadLongNumber(digitsAt, negative);
        }

        private readonly bool IsDigit(int at) => (uint)(CodeAt(at) - '0') <= 9;

        private Value ReadLongNumber(int start, bool negative)
        {
            var at = start;
            var digits = SkipDigits(ref at);
            if (at < _source.Length && CodeAt(at) == '.')
            {
                at++;
                digits += SkipDigits(ref at);
            }
            if (digits == 0)
                return Fail("Unexpected number", start);
            if (at < _source.Length && CodeAt(at) is 'e' or 'E')
            {
                var exponentAt = at + 1;
                if (exponentAt < _source.Length && CodeAt(exponentAt) is '+' or '-')
                    exponentAt++;
                if (SkipDigits(ref exponentAt) > 0)
                    at = exponentAt;                        // without digits the letter is the next token, and fails there
            }
            _at = at;
            var length = at - start;
            realm.Charge(Price.ReadNumber(length));
            Span<char> copy = length <= 64 ? stackalloc char[length] : new char[length];
            for (var i = 0; i < length; i++)
                copy[i] = (char)CodeAt(start + i);
            if (length <= Price.OrdinaryNumberCharacters && NumberText.HasFarExponent(copy))
                realm.Charge(Price.ExactNumber);
            var number = double.Parse(copy, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture);
            return Value.Number(negative ? -number : number);
        }

        private readonly int SkipDigits(ref int at)
        {
            var start = at;
            while (at < _source.Length && IsDigit(at))
                at++;
            return at - start;
        }

        // ------------------------------------------------------------ strings

        private Value ReadString()
        {
            var start = _at + 1;
            var end = start + PlainLength(start);
            realm.Charge((end - start) / (typeof(T) == typeof(char) ? Price.ReadCharacters : Price.AstralCharacters));
            if (end == _source.Length)
                return FailAtEnd();
            if (CodeAt(end) == '"')
            {
                _at = end + 1;
                return Realm.Slice(text, start, end - start);
            }
            return CodeAt(end) == '\\' ? ReadEscapedString(start, end) : Fail("Forbidden source char", end);
        }

        /// <summary>How far the text goes on without a quote, an escape or a control character.</summary>
        private readonly int PlainLength(int start)
        {
            if (typeof(T) == typeof(char))
            {
                var found = Chars[start..].IndexOfAny(EndsPlainString);
                return found < 0 ? _source.Length - start : found;
            }
            var at = start;
            while (at < _source.Length && CodeAt(at) is not ('"' or '\\' or < ' '))
                at++;
            return at - start;
        }

        private Value ReadEscapedString(int start, int at)
        {
            var built = new TextBuilder(realm, stackalloc char[256]);
            built.Append(Realm.Slice(text, start, at - start));
            while (at < _source.Length)
            {
                switch (CodeAt(at))
                {
                    case '"':
                        _at = at + 1;
                        return built.ToText();
                    case '\\':
                        var problem = ReadEscape(ref at, out var codePoint);
                        if (problem is not null)
                        {
                            built.Dispose();
                            return Fail(problem, at);
                        }
                        built.AppendCodePoint(codePoint);
                        continue;
                    case < ' ':
                        built.Dispose();
                        return Fail("Forbidden source char", at);
                }
                var plain = PlainLength(at);
                built.Append(Realm.Slice(text, at, plain));
                at += plain;
            }
            built.Dispose();
            return FailAtEnd();
        }

        /// <summary>Reads one escape, two for a surrogate pair. On a problem <paramref name="at"/> says where.</summary>
        private readonly string? ReadEscape(ref int at, out int codePoint)
        {
            realm.Pay(Price.JsonEscape);
            codePoint = 0;
            if (++at >= _source.Length)
            {
                at = _source.Length;
                return "Unexpected end of input";
            }
            if (CodeAt(at) != 'u')
            {
                codePoint = CodeAt(at) switch
                {
                    '"' => '"',
                    '\\' => '\\',
                    '/' => '/',
                    'b' => '\b',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    _ => -1
                };
                if (codePoint < 0)
                    return "Unknown escape char";
                at++;
                return null;
            }
            at++;
            if (ReadUnit(ref at, out codePoint) is { } problem)
                return problem;
            if (codePoint is < 0xD800 or > 0xDFFF)
                return null;
            var next = at;
            if (codePoint <= 0xDBFF && at + 1 < _source.Length && CodeAt(at) == '\\' && CodeAt(at + 1) == 'u')
            {
                next += 2;
                if (ReadUnit(ref next, out var low) is null && low is >= 0xDC00 and <= 0xDFFF)
                {
                    at = next;
                    codePoint = 0x10000 + ((codePoint - 0xD800) << 10) + (low - 0xDC00);
                    return null;
                }
            }
            codePoint = TextFacts.ReplacementCharacter;
            return null;
        }

        private readonly string? ReadUnit(ref int at, out int unit)
        {
            unit = 0;
            for (var i = 0; i < 4; i++, at++)
            {
                if (at >= _source.Length)
                {
                    at = _source.Length;
                    return "Unexpected end of input";
                }
                var digit = CodeAt(at) switch
                {
                    var c and >= '0' and <= '9' => c - '0',
                    var c and >= 'a' and <= 'f' => c - 'a' + 10,
                    var c and >= 'A' and <= 'F' => c - 'A' + 10,
                    _ => -1,
                };
                if (digit < 0)
                    return "Invalid Unicode escape sequence";
                unit = unit << 4 | digit;
            }
            return null;
        }
    }
}
