using Brink.Edge.Configuration;
using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>The folders of <c>--resources</c>: every <c>.json</c> file is one resource, in a form of the aws command line.</summary>
internal static class ResourceFiles
{
    /// <summary>Everything that the folders give. A file that cannot be used is a mistake, and so is an id that two files give.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="certificates">Where certificates go, with their keys.</param>
    /// <param name="time">By which they must be valid.</param>
    /// <param name="reading">Where mistakes go.</param>
    public static ResourceCatalog Read(
        IEnumerable<string> folders, Dictionary<string, TlsCertificate> certificates, TimeProvider time, Reading reading)
    {
        var catalog = ResourceCatalog.Empty;
        var givenBy = new Dictionary<(ResourceKind Kind, string Id), string>();
        foreach (var folder in folders)
        {
            foreach (var file in FilesOf(folder, reading))
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
        }
        foreach (var (group, key) in catalog.MissingKeys())
        {
            reading.Unusable(
                givenBy[(ResourceKind.KeyGroup, group.Id)],
                $"the key group {group.Name} has the public key {key}, which is not given. {ResourceKind.PublicKey.HowToGive(key)}");
        }
        return catalog;
    }

    /// <summary>The resources of a folder by name, so that messages come in the same order every time.</summary>
    private static string[] FilesOf(string folder, Reading reading)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                reading.WatchedFolders.Add(Path.GetFullPath(folder));
                var files = Directory.GetFiles(folder, "*.json");
                Array.Sort(files, StringComparer.Ordinal);
                return files;
            }
            reading.Unusable(folder, File.Exists(folder) ? "this is a file: --resources takes its folder" : "there is no such folder");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reading.Unusable(folder, $"the folder cannot be read: {exception.Message}");
        }
        return [];
    }
}
