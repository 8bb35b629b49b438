namespace Brink.Host.Files;

/// <summary>One function that is in use.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">As named on the command line.</param>
/// <param name="Runtime">The identifier.</param>
/// <param name="Arn">Its ARN.</param>
/// <param name="Debugger">Where a debugger may attach; null where none may.</param>
internal sealed record DevFunction(string Name, string File, string Runtime, string Arn, string? Debugger = null);
