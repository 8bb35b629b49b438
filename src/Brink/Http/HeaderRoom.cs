namespace Brink.Http;

/// <summary>
/// Arrays for the fields of messages, kept by each thread from one message to the next: otherwise each request that a function edits would
/// leave an array to the collector. Cleared when they come back, so that no field is kept longer than its message.
/// </summary>
internal static class HeaderRoom
{
    private const int Ordinary = 32;
    private const int MaxKept = 8;

    [ThreadStatic]
    private static HeaderField[]?[]? s_kept;

    [ThreadStatic]
    private static int s_count;

    /// <summary>An empty array for at least so many fields.</summary>
    public static HeaderField[] Rent(int fields)
    {
        if (fields > Ordinary)
            return new HeaderField[fields];
        if (s_count == 0)
            return new HeaderField[Ordinary];
        var room = s_kept![--s_count]!;
        s_kept[s_count] = null;
        return room;
    }

    /// <summary>Takes an array back of which the first fields are in use. Arrays of another size are left to the collector.</summary>
    public static void Return(HeaderField[] room, int used)
    {
        if (room.Length != Ordinary)
            return;
        Array.Clear(room, 0, used);
        s_kept ??= new HeaderField[]?[MaxKept];
        if (s_count < MaxKept)
            s_kept[s_count++] = room;
    }
}
