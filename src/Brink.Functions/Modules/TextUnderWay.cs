using System.Buffers;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary>
/// A long text that is put together for a script, in room from the pool: fresh memory of that size would cost more than the copying.
/// </summary>
internal ref struct TextUnderWay : IDisposable
{
    private char[] _room = ArrayPool<char>.Shared.Rent(256);

    public TextUnderWay() { }

    /// <summary>In UTF-16 units.</summary>
    public int Length { get; private set; }

    /// <summary>The text.</summary>
    public readonly ReadOnlySpan<char> Text => _room.AsSpan(0, Length);

    public void Append(string part)
    {
        part.CopyTo(RoomFor(part.Length));
        Length += part.Length;
    }

    public void Append(ScriptValue part)
    {
        part.TryCopyText(RoomFor(2 * part.TextLength), out var length);        // a code point is at most two chars
        Length += length;
    }

    public readonly void Dispose() => ArrayPool<char>.Shared.Return(_room);

    private Span<char> RoomFor(int more)
    {
        if (more > _room.Length - Length)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(Length + more, 2 * _room.Length));
            Text.CopyTo(larger);
            ArrayPool<char>.Shared.Return(_room);
            _room = larger;
        }
        return _room.AsSpan(Length);
    }
}
