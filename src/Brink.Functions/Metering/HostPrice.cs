namespace Brink.Functions.Metering;

/// <summary>What the modules of the host cost, in steps of eight units: the second part of the price list in docs/metering.md.</summary>
internal static class HostPrice
{
    /// <summary>Looking a key up in a key value store, besides making the value.</summary>
    public const int KeyValueLookUp = 10;

    /// <summary>Setting a hash up; finishing it.</summary>
    public const int Hash = 40;

    /// <summary>Bytes hashed for one step.</summary>
    public const int HashedBytes = 8;

    /// <summary>Characters copied out of the call for one step.</summary>
    public const int CopiedOut = 32;

    /// <summary>A pair of a query string read.</summary>
    public const int QueryPair = 8;

    /// <summary>A part of a query string written, besides its characters.</summary>
    public const int QueryPart = 2;

    /// <summary>Characters of a query string with escapes read back for one step.</summary>
    public const int Unescaped = 4;

    /// <summary>A call of an origin function, besides 1 for each parameter; reading the edge's location; a token; an item in it.</summary>
    public const int OriginCall = 30, EdgeLocation = 10, Token = 10, CborItem = 2;

    /// <summary>Characters of a log line for one step, besides the line's own price.</summary>
    public const int Logged = 64;
}
