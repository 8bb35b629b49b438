using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Functions.Metering;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Origins;

/// <summary>
/// Reads what a script gave to an origin function, and notes the first rule that it breaks (functions spec 7.1). Getters of the script run
/// while it reads; after one has thrown, or a rule is broken, everything more reads as absent.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="function">The function's name, for messages.</param>
internal ref struct OriginArguments(HostCall call, string function)
{
    private readonly HostCall _call = call;

    /// <summary>The first rule that is broken, with the parameter and the fix; null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>A getter of the script threw; the host function returns that.</summary>
    public bool Threw { get; private set; }

    /// <summary>Nothing more need be read.</summary>
    public readonly bool IsOver => Threw || Problem is not null;

    /// <summary>Notes that something of the script threw.</summary>
    public void NoteThrow() => Threw = true;

    /// <summary>Notes a broken rule; only the first one counts.</summary>
    public void Refuse(string parameter, string rule, string fix)
    {
        if (!IsOver)
            Problem = $"cf.{function}: {parameter} {rule}. {fix}.";
    }

    /// <summary>A property; undefined counts as absent.</summary>
    public bool TryGet(ScriptValue holder, ScriptName name, out ScriptValue value)
    {
        value = default;
        if (IsOver)
            return false;
        _call.Charge(1);
        value = holder.Get(name);
        Threw = value.IsThrew;
        return !Threw && !value.IsUndefined;
    }

    /// <summary>An element of an array that was given.</summary>
    public ScriptValue ElementAt(ScriptValue array, int index)
    {
        if (IsOver)
            return default;
        var element = array.ElementAt(index);
        Threw = element.IsThrew;
        return element;
    }

    /// <summary>A property that is an object, and neither array nor function.</summary>
    public bool TryGetObject(ScriptValue holder, ScriptName name, string path, out ScriptValue value)
    {
        if (!TryGet(holder, name, out value))
            return false;
        if (value.Kind == ScriptValueKind.Object)
            return true;
        Refuse(path, $"must be an object, not {Kind(value)}", "Write it in braces");
        return false;
    }

    /// <summary>A property that is true or false; null when it is absent.</summary>
    public bool? Flag(ScriptValue holder, ScriptName name, string path)
    {
        if (!TryGet(holder, name, out var value))
            return null;
        if (value.Kind == ScriptValueKind.Boolean)
            return value.AsBoolean;
        Refuse(path, $"must be true or false, not {Kind(value)}", "Write it without quotes");
        return null;
    }

    /// <summary>A property that is a whole number in a range; null when it is absent.</summary>
    public int? Number(ScriptValue holder, ScriptName name, string path, int min, int max)
    {
        if (!TryGet(holder, name, out var value))
            return null;
        if (value.IsNumber && value.AsNumber >= min && value.AsNumber <= max && value.AsNumber == Math.Truncate(value.AsNumber))
            return (int)value.AsNumber;
        var range = max == int.MaxValue ? $"of at least {min}" : $"from {min} to {max}";
        Refuse(path, $"must be an integer {range}, not {Shown(value)}", $"Use a number {range}, without quotes");
        return null;
    }

    /// <summary>A property that is a text; null when it is absent.</summary>
    public string? Text(ScriptValue holder, ScriptName name, string path, int maxLength) =>
        TryGet(holder, name, out var value) ? Text(value, path, maxLength) : null;

    /// <summary>A value that is a text. Copied only when it is not too long.</summary>
    public string? Text(ScriptValue value, string path, int maxLength)
    {
        if (!value.IsString)
            Refuse(path, $"must be a string, not {Kind(value)}", "Put it into quotes");
        else if (value.TextLength > maxLength)
            Refuse(path, $"has {value.TextLength:N0} characters, more than {maxLength:N0}", "Shorten it");
        if (IsOver)
            return null;
        _call.Charge(1 + value.TextLength / HostPrice.CopiedOut);
        _call.Allocate(2L * value.TextLength);
        return value.AsText();
    }

    /// <summary>A property that is one of a few words; null when it is absent.</summary>
    public string? OneOf(ScriptValue holder, ScriptName name, string path, params ReadOnlySpan<string> allowed)
    {
        if (!TryGet(holder, name, out var value))
            return null;
        foreach (var each in allowed)
        {
            if (value.TextEquals(each))
                return each;
        }
        Refuse(path, $"must be one of {string.Join(", ", allowed)}, not {Shown(value)}", "Use one of them");
        return null;
    }

    /// <summary>A property that is the name of a host, without port, and no address. Null when it is absent.</summary>
    public string? HostName(ScriptValue holder, ScriptName name, string path) =>
        TryGet(holder, name, out var value) ? HostName(value, path) : null;

    /// <summary>A value that is the name of a host.</summary>
    public string? HostName(ScriptValue value, string path)
    {
        if (Text(value, path, OriginRules.HostNameLength) is not { } text)
            return null;
        if (text.Contains(':'))
            Refuse(path, $"must not have a colon, and '{text}' has", "Give the name alone; a port goes into customOriginConfig.port");
        else if (System.Net.IPAddress.TryParse(text, out _))
            Refuse(path, $"must not be an IP address, and '{text}' is", "Give a name that resolves to it");
        else if (!OriginRules.IsNameOfHost(text))
            Refuse(path, $"must be a host name, and '{text}' is none", "Give the name alone: no scheme and no path");
        return IsOver ? null : text;
    }

    /// <summary>The three settings that can be laid over an origin of the distribution.</summary>
    public OriginOverrides Overrides(ScriptValue holder, string path)
    {
        var hostHeader = HostName(holder, Parameters.HostHeader, path + "hostHeader");
        var sni = HostName(holder, Parameters.Sni, path + "sni");
        return new OriginOverrides(hostHeader, sni, CertificateNames(holder, path + "allowedCertificateNames"));
    }

    /// <summary>An array that is the value of a property: no holes are asked for before its length is known to be small.</summary>
    public bool TryGetArray(ScriptValue holder, ScriptName name, string path, out ScriptValue array)
    {
        if (!TryGet(holder, name, out array))
            return false;
        if (array.Kind == ScriptValueKind.Array)
            return true;
        Refuse(path, $"must be an array, not {Kind(array)}", "Write it in brackets");
        return false;
    }

    private ImmutableArray<string>? CertificateNames(ScriptValue holder, string path)
    {
        if (!TryGetArray(holder, Parameters.AllowedCertificateNames, path, out var array))
            return null;
        if (array.ArrayLength > OriginOverrides.MaxCertificateNames)
        {
            Refuse(path, $"has {array.ArrayLength:N0} names, more than {OriginOverrides.MaxCertificateNames}", "Shorten the list");
            return null;
        }
        var names = ImmutableArray.CreateBuilder<string>((int)array.ArrayLength);
        for (var i = 0; i < array.ArrayLength && !IsOver; i++)
        {
            if (Text(ElementAt(array, i), $"{path}[{i}]", OriginOverrides.MaxCertificateNameLength) is not { } name)
                return null;
            if (!OriginRules.IsNameOfHost(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name))
                Refuse($"{path}[{i}]", $"must be a domain name, and '{name}' is none",
                    "Write a name such as www.example.com or *.example.com");
            names.Add(name.ToLowerInvariant());
        }
        return names.ToImmutable();
    }

    /// <summary>What a value is, for messages.</summary>
    private static string Kind(ScriptValue value) => value.Kind switch
    {
        ScriptValueKind.Object or ScriptValueKind.Array => "an " + value.TypeName,
        ScriptValueKind.Null or ScriptValueKind.Undefined => value.TypeName,
        _ => "a " + value.TypeName,
    };

    /// <summary>A value, if it is short; else what it is.</summary>
    private static string Shown(ScriptValue value) => value switch
    {
        { IsNumber: true } => value.AsNumber.ToString(System.Globalization.CultureInfo.InvariantCulture),
        { IsString: true, TextLength: <= 40 } => $"'{value.AsText()}'",
        _ => Kind(value),
    };
}

/// <summary>What can be laid over an origin of the distribution.</summary>
/// <param name="HostHeader">The Host to send; null for the usual one.</param>
/// <param name="Sni">The name to ask for in the handshake; null for the usual one.</param>
/// <param name="AllowedCertificateNames">Names of which the certificate must have one; null for the usual rule.</param>
internal readonly record struct OriginOverrides(string? HostHeader, string? Sni, ImmutableArray<string>? AllowedCertificateNames)
{
    public const int MaxCertificateNames = 20;
    public const int MaxCertificateNameLength = 64;

    public bool IsEmpty => HostHeader is null && Sni is null && AllowedCertificateNames is null;

    public CustomOrigin Over(CustomOrigin origin) => IsEmpty ? origin : origin with
    {
        HostHeader = HostHeader ?? origin.HostHeader,
        Sni = Sni ?? origin.Sni,
        AllowedCertificateNames = AllowedCertificateNames ?? origin.AllowedCertificateNames,
    };
}
