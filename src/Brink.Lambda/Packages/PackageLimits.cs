using System.Globalization;

namespace Brink.Lambda.Packages;

/// <summary>
/// How large a package may be (lambda-edge spec 4 and 6.4). All of it is looked at before anything is unpacked or copied.
/// </summary>
public sealed record PackageLimits
{
    /// <summary>Lambda's own: 50 MB as a zip, 250 MB unzipped.</summary>
    public static PackageLimits Lambda { get; } = new();

    /// <summary>Bytes as a zip. Default 50 MB.</summary>
    public long ZippedBytes { get; init; } = 50 * Megabyte;

    /// <summary>Whose limit that is; it ends a sentence. Default: Lambda's.</summary>
    public string ZippedRule { get; init; } = "the most that Lambda takes";

    /// <summary>Bytes of all files, unzipped. Default 250 MB.</summary>
    public long UnzippedBytes { get; init; } = 250 * Megabyte;

    /// <summary>
    /// Files, folders and links together, also those folders that are only in the names of others. Default 100,000; Lambda names no figure.
    /// </summary>
    public int Entries { get; init; } = 100_000;

    private const long Megabyte = 1024 * 1024;

    internal PackageProblem TooLargeZipped(string has) =>
        new(PackageProblemKind.TooLarge, $"{has} {Megabytes(ZippedBytes)} as a zip, {ZippedRule}");

    internal PackageProblem TooLargeUnzipped() =>
        new(PackageProblemKind.TooLarge, $"has files of more than {Megabytes(UnzippedBytes)}, the most that Lambda unzips");

    internal static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.##} MB");
}

/// <summary>Why a package cannot be used.</summary>
/// <param name="Kind">What kind of reason.</param>
/// <param name="Reason">In words that follow the name of the package: <c>has an entry ../x, which ...</c>.</param>
public sealed record PackageProblem(PackageProblemKind Kind, string Reason)
{
    /// <summary>What Lambda answers to every archive that it cannot unpack.</summary>
    public const string CouldNotUnzip = "Could not unzip uploaded file. Please check your file, then try to upload again.";
}

/// <summary>Kinds of reasons why a package cannot be used.</summary>
public enum PackageProblemKind
{
    /// <summary>There is no such file or folder.</summary>
    Missing,

    /// <summary>It is there and cannot be read, or its copy not be written.</summary>
    Inaccessible,

    /// <summary>Over a limit.</summary>
    TooLarge,

    /// <summary>
    /// It breaks a rule for what packages hold, or is no archive. Lambda's answer is <see cref="PackageProblem.CouldNotUnzip"/>.
    /// </summary>
    Malformed,
}
