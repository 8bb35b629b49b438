using System.IO.Enumeration;

namespace Brink.Edge.Logs.Delivery;

/// <summary>Takes away the files of a log that are kept no longer.</summary>
internal static class OldFiles
{
    /// <summary>Of the files of a folder whose names fit, deletes those that are too old, and the oldest beyond the size.</summary>
    /// <param name="folder">The folder; nothing below it is looked at.</param>
    /// <param name="pattern">The names, with <c>?</c> for a character.</param>
    /// <param name="limits">What is kept.</param>
    /// <param name="now">The time.</param>
    public static void Delete(string folder, string pattern, LogFileLimits limits, DateTimeOffset now)
    {
        try
        {
            var files = new DirectoryInfo(folder).GetFiles()
                .Where(file => FileSystemName.MatchesSimpleExpression(pattern, file.Name, ignoreCase: false))
                .OrderByDescending(file => file.LastWriteTimeUtc).ToList();
            var bytes = 0L;
            foreach (var file in files)
            {
                bytes += file.Length;
                if (bytes > limits.KeptBytes || now - file.LastWriteTimeUtc > limits.KeptFor)
                    file.Delete();
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next file that ends tries again.
        }
    }
}
