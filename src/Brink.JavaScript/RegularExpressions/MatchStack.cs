namespace Brink.JavaScript.RegularExpressions;

/// <summary>Where the matcher remembers other ways; one search at a time. What a search leaves in it, the next does not read.</summary>
internal sealed class MatchStack
{
    /// <summary>Room for 128 frames of three.</summary>
    public const int FirstLength = 128 * 3;

    private const int LongestKept = 16 * 1024;

    public int[] Frames { get; set; } = new int[FirstLength];

    /// <summary>Drops the room of an unusual search.</summary>
    public void Trim()
    {
        if (Frames.Length > LongestKept)
            Frames = new int[FirstLength];
    }
}
