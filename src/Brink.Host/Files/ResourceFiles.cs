using Brink.Edge.Configuration;
using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>
/// The folders of <c>--resources</c>: every <c>.json</c> file describes resources, in a form of the aws command line. Beside
/// <c>name.json</c> lies what is a file of its own: the code of a function in <c>name.js</c>, that of a Lambda version in
/// <c>name.zip</c> or in a folder <c>name</c>, the keys of a store in <c>name.data.json</c>, certificates and their keys.
/// </summary>
internal static class ResourceFiles
{
    private const string KeysExtension = ".data.json";

    /// <summary>Everything that the folders give. A file that cannot be used is a mistake, and so is an id that two files give.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="certificates">Where certificates go, with their keys.</param>
    /// <param name="time">By which they must be valid.</param>
    /// <param name="reading">Where mistakes go.</param>
    public static GivenResources Read(
        IEnumerable<string> folders, Dictionary<string, TlsCertificate> certificates, TimeProvider time, Reading reading)
    {
        var catalog = ResourceCatalog.Empty;
        var givenBy = new Dictionary<(ResourceKind Kind, string Id), string>();
        foreach (var file in folders.SelectMany(folder => FilesOf(folder, reading)))
        {
            if (reading.Text(file) is not { } json
                || reading.Accept(file, ResourceReader.Read(json, Path.GetFileNameWithoutExtension(file))) is not { } resource)
            {
                reading.FailedFiles.Add(file);
                continue;
            }
            foreach (var named in resource.Names())
            {
                if (!givenBy.TryAdd(named, file))
                    reading.Unusable(file, $"{givenBy[named]} gives the {named.Kind.Noun} {named.Id} already: leave one of them");
            }
            catalog = catalog.With(resource);
            foreach (var certificate in resource.Certificates.Values)
            {
                if (CertificateFiles.Read(certificate, file, time, reading) is { } usable)
                    certificates[certificate.Id] = usable;
            }
        }
        foreach (var (group, key) in catalog.MissingKeys())
        {
            reading.Unusable(
                givenBy[(ResourceKind.KeyGroup, group.Id)],
                $"the key group {group.Name} has the public key {key}, which is not given. "
                + catalog.HowToGive(ResourceKind.PublicKey, key));
        }
        return new GivenResources(catalog, givenBy);
    }

    /// <summary>The file with the keys of a store.</summary>
    /// <param name="document">The file that describes it.</param>
    public static string KeysBeside(string document) => Path.ChangeExtension(document, KeysExtension);

    /// <summary>The file with the code of a CloudFront Function; null, with a mistake, where there is none.</summary>
    public static string? CodeOf(FunctionResource function, string document, Reading reading)
    {
        var file = Path.ChangeExtension(document, ".js");
        if (File.Exists(file))
            return file;
        reading.MissingFiles.Add(file);
        reading.Unusable(
            document,
            $"the code of the function {function.Name} is not beside it: "
            + $"aws cloudfront get-function --name {function.Name} --stage LIVE {file}");
        return null;
    }

    /// <summary>The zip or the folder with the code of a Lambda version; null, with a mistake, where there is none.</summary>
    public static string? CodeOf(LambdaVersionResource version, string document, Reading reading)
    {
        if (LambdaCodeBeside(document) is { } code)
            return code;
        var (folder, zip) = (Path.ChangeExtension(document, null), Path.ChangeExtension(document, ".zip"));
        reading.MissingFiles.Add(zip);
        reading.Unusable(
            document,
            Directory.Exists(folder) && File.Exists(zip)
                ? $"{folder} and {zip} are both the code of {version.Id}: leave one of them"
                : $"the code of the Lambda version {version.Id} is not beside it, neither {zip} nor a folder {folder}. "
                    + ResourceKind.LambdaVersion.HowToGive(version.Id));
        return null;
    }

    /// <summary>The zip, or the folder, with the code of a Lambda version; null where there is neither, or both.</summary>
    public static string? LambdaCodeBeside(string document)
    {
        var (folder, zip) = (Path.ChangeExtension(document, null), Path.ChangeExtension(document, ".zip"));
        var (isFolder, isZip) = (Directory.Exists(folder), File.Exists(zip));
        return isFolder == isZip ? null : isFolder ? folder : zip;
    }

    /// <summary>The documents of a folder by name, so that messages come in the same order every time.</summary>
    private static List<string> FilesOf(string folder, Reading reading)
    {
        var documents = new List<string>();
        try
        {
            if (!Directory.Exists(folder))
            {
                reading.Unusable(folder, File.Exists(folder) ? "this is a file: --resources takes its folder" : "there is no such folder");
                return documents;
            }
            reading.WatchedFolders.Add(Path.GetFullPath(folder));
            foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
            {
                if (Path.Exists(file) && !FileKind.IsRegular(file, followsLinks: true))
                {
                    // To open a pipe is to wait for its writer.
                    reading.Unusable(file, "this is a pipe or a device, not a file: take it out of the folder");
                    continue;
                }
                var described = file.EndsWith(KeysExtension, StringComparison.Ordinal) ? $"{file[..^KeysExtension.Length]}.json" : null;
                if (described is null)
                    documents.Add(file);
                else if (!File.Exists(described))
                    reading.Unusable(
                        file, $"these are the keys of a store that {described} describes, which is not there: "
                        + $"aws cloudfront describe-key-value-store --name NAME > {described}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reading.Unusable(folder, $"the folder cannot be read: {exception.Message}");
        }
        return documents;
    }
}
