using System.Security.Cryptography;

namespace Brink.Functions.Modules;

/// <summary>
/// Bytes that wait to be hashed, a key among them. Each thread keeps one for the next hash, wiped; a script that never finishes a hash
/// leaves its own to the collector.
/// </summary>
internal sealed class HashInput
{
    private const int FirstRoom = 256;

    /// <summary>Longer ones are not kept.</summary>
    private const int LargestKept = 16 * 1024;

    [ThreadStatic]
    private static HashInput? s_kept;

    private byte[] _bytes = new byte[FirstRoom];

    private HashInput() { }

    /// <summary>How many bytes it took.</summary>
    public int Length { get; set; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Taken => _bytes.AsSpan(0, Length);

    public static HashInput Rent()
    {
        var input = s_kept ?? new HashInput();
        s_kept = null;
        return input;
    }

    /// <summary>Room for that many bytes behind those it took.</summary>
    public Span<byte> Room(int count)
    {
        if (count > _bytes.Length - Length)
        {
            var larger = new byte[Math.Max(Length + count, 2 * _bytes.Length)];
            Taken.CopyTo(larger);
            CryptographicOperations.ZeroMemory(_bytes);
            _bytes = larger;
        }
        return _bytes.AsSpan(Length);
    }

    /// <summary>Wipes it.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_bytes.AsSpan(0, Length));
        Length = 0;
    }

    /// <summary>Wipes it and keeps it for the next hash of this thread.</summary>
    public void Return()
    {
        Clear();
        if (_bytes.Length <= LargestKept)
            s_kept = this;
    }
}
