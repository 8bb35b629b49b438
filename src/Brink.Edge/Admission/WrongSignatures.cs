using System.Net;
using Brink.PrivateContent;

namespace Brink.Edge.Admission;

/// <summary>
/// How many wrong signatures an address has sent within this second. A table of fixed size, without locks: addresses whose hashes meet
/// share a place, one in sixteen thousand, and nothing outside can tell which.
/// </summary>
/// <param name="most">A second, of one address.</param>
/// <param name="time">The clock.</param>
internal sealed class WrongSignatures(int most, TimeProvider time) : IVerificationLimit
{
    private const int Places = 16 * 1024;

    // The second in the upper half, the count in the lower.
    private readonly long[] _places = new long[Places];
    private long _refused;

    /// <summary>How many signatures were not looked at.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public bool MayVerify(string address)
    {
        var place = Volatile.Read(ref PlaceOf(address));
        if (place >> 32 != Second || (int)place < most)
            return true;
        Interlocked.Increment(ref _refused);
        return false;
    }

    public void CountWrong(string address)
    {
        ref var place = ref PlaceOf(address);
        var second = Second;
        while (true)
        {
            var seen = Volatile.Read(ref place);
            var next = seen >> 32 == second ? seen + 1 : (second << 32) + 1;
            if (Interlocked.CompareExchange(ref place, next, seen) == seen)
                return;
        }
    }

    private long Second => (uint)(time.GetTimestamp() / time.TimestampFrequency);

    private ref long PlaceOf(string address)
    {
        var key = IPAddress.TryParse(address, out var parsed) ? AddressTable.KeyOf(parsed) : 0;
        return ref _places[(uint)HashCode.Combine(key) % Places];
    }
}
