using System.Collections.Immutable;
using System.Text;
using Brink.Http;

namespace Brink.Edge.Messages;

/// <summary>
/// Fields that many answers get as they are, made ready once: checked, and as the bytes in which they go over HTTP/1.1. Those that are not
/// valid HTTP are left out, and chars above Latin-1 become question marks.
/// </summary>
internal sealed class PreparedFields
{
    private readonly byte[] _bytes;

    /// <param name="fields">The fields, in order.</param>
    public PreparedFields(IEnumerable<HeaderField> fields)
    {
        Fields = [.. fields.Where(field => FieldText.IsName(field.Name) && FieldText.IsSafe(field.Value))];
        HasDate = Fields.Any(field => FieldText.IsDate(field.Name));
        _bytes = Encoding.Latin1.GetBytes(string.Concat(Fields.Select(field => $"{field.Name}: {field.Value}\r\n")));
    }

    /// <summary>One by one, for a writer that does not take bytes.</summary>
    public ImmutableArray<HeaderField> Fields { get; }

    /// <summary>All of them, line ends included.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Whether Date is one of them.</summary>
    public bool HasDate { get; }
}
