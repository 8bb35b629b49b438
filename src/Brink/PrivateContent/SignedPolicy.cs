using System.Text.Json;

namespace Brink.PrivateContent;

/// <summary>
/// A custom policy: the URLs, the time and the addresses that it is for (distribution spec 2.12). Times are seconds of Unix time.
/// </summary>
/// <param name="Resource">The URLs; null for everything.</param>
/// <param name="DateLessThan">The end.</param>
/// <param name="DateGreaterThan">The start, or null.</param>
/// <param name="SourceIp">The viewers' addresses, or null for any.</param>
public sealed record SignedPolicy(ResourcePattern? Resource, long DateLessThan, long? DateGreaterThan, AddressRange? SourceIp)
{
    /// <summary>
    /// Digits of a time: thirteen of them, milliseconds, are a malformed policy at AWS (aws-sdk-js issue 2236). The exact bound is not
    /// published.
    /// </summary>
    private const int EpochDigits = 10;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>A time from its text; false where it is not a whole number of that length.</summary>
    public static bool TryReadEpoch(ReadOnlySpan<char> text, out long seconds)
    {
        seconds = 0;
        if (text.Length is 0 or > EpochDigits)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            seconds = seconds * 10 + (c - '0');
        }
        return true;
    }

    /// <summary>
    /// Reads a policy. What is not known in it would be a condition that nothing enforces, so it is a mistake.
    /// </summary>
    /// <returns>The policy; or null, with what is wrong.</returns>
    public static SignedPolicy? Read(ReadOnlyMemory<byte> json, out string mistake)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return Read(document.RootElement, out mistake);
        }
        catch (JsonException)
        {
            mistake = "it is not JSON, or has a member twice";
        }
        catch (InvalidOperationException) // a string is looked at only when it is asked for
        {
            mistake = "a string has half of a surrogate pair";
        }
        return null;
    }

    private static SignedPolicy? Read(JsonElement root, out string mistake)
    {
        var reader = new PolicyReader();
        var policy = reader.Read(root);
        mistake = reader.Mistake ?? "";
        return reader.Mistake is null ? policy : null;
    }

    private sealed class PolicyReader
    {
        private ResourcePattern? _resource;
        private long? _dateLessThan, _dateGreaterThan;
        private AddressRange? _sourceIp;

        public string? Mistake { get; private set; }

        public SignedPolicy Read(JsonElement root)
        {
            Members(root, "the policy", (name, value) => name == "Statement" && ReadStatements(value));
            if (Mistake is null && _dateLessThan is null)
                Mistake = "it has no DateLessThan";
            return new SignedPolicy(_resource, _dateLessThan ?? 0, _dateGreaterThan, _sourceIp);
        }

        private bool ReadStatements(JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Array)
                return ReadStatement(value);
            if (value.GetArrayLength() == 1)
                return ReadStatement(value[0]);
            Mistake ??= "it does not have exactly one statement";
            return true;
        }

        private bool ReadStatement(JsonElement statement) => Members(statement, "Statement", (name, value) =>
        {
            switch (name)
            {
                case "Resource" when value.ValueKind == JsonValueKind.String:
                    _resource = new ResourcePattern(value.GetString()!);
                    return true;
                case "Condition":
                    return Members(value, name, ReadCondition);
                default:
                    return false;
            }
        });

        private bool ReadCondition(string name, JsonElement condition) => name switch
        {
            "DateLessThan" => Members(condition, name, (key, value) => IsEpoch(key, value, out _dateLessThan)),
            "DateGreaterThan" => Members(condition, name, (key, value) => IsEpoch(key, value, out _dateGreaterThan)),
            "IpAddress" => Members(condition, name, (key, value) => IsRange(key, value, out _sourceIp)),
            _ => false,
        };

        private static bool IsEpoch(string name, JsonElement value, out long? seconds)
        {
            seconds = name == "AWS:EpochTime" && value.ValueKind == JsonValueKind.Number && TryReadEpoch(value.GetRawText(), out var read)
                ? read
                : null;
            return seconds is not null;
        }

        private static bool IsRange(string name, JsonElement value, out AddressRange? addresses)
        {
            addresses = name == "AWS:SourceIp" && value.ValueKind == JsonValueKind.String
                && AddressRange.TryParse(value.GetString()!, out var range) ? range : null;
            return addresses is not null;
        }

        // Every member must be known; an object that must say something must not be empty.
        private bool Members(JsonElement element, string place, Func<string, JsonElement, bool> read)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                Mistake ??= $"{place} is not an object";
                return true;
            }
            var any = false;
            foreach (var member in element.EnumerateObject())
            {
                any = true;
                if (!read(member.Name, member.Value))
                    Mistake ??= $"{member.Name} in {place} is unknown, or its value is of the wrong form";
            }
            if (!any)
                Mistake ??= $"{place} is empty";
            return true;
        }
    }
}
