namespace Brink.Tests.Edge.Listening;

/// <summary>Writes ClientHellos from what they list.</summary>
internal static class HelloWriter
{
    /// <summary>The message without its head, as fingerprints are taken from it.</summary>
    /// <param name="version">legacy_version.</param>
    /// <param name="suites">The cipher suites.</param>
    /// <param name="extensions">Each with its content; null for none of them, not even their length.</param>
    public static byte[] Write(ushort version, ushort[] suites, (ushort Type, byte[] Content)[]? extensions)
    {
        byte[] fields = [.. (extensions ?? []).SelectMany(extension => (byte[])[.. Two(extension.Type), .. Sized(extension.Content)])];
        return [.. Two(version), .. new byte[32], 0, .. Sized(List(suites)), 1, 0, .. extensions is null ? [] : Sized(fields)];
    }

    /// <summary>A record with the whole message.</summary>
    public static byte[] Record(byte[] message)
    {
        byte[] handshake = [1, 0, .. Sized(message)];
        return [22, 3, 1, .. Sized(handshake)];
    }

    /// <summary>The content of supported_groups and signature_algorithms.</summary>
    public static byte[] Numbers(params ushort[] numbers) => Sized(List(numbers));

    /// <summary>The content of supported_versions.</summary>
    public static byte[] Versions(params ushort[] versions) => [(byte)(2 * versions.Length), .. List(versions)];

    /// <summary>The content of application_layer_protocol_negotiation.</summary>
    public static byte[] Protocols(params byte[][] protocols) => Sized([.. protocols.SelectMany(protocol => (byte[])[(byte)protocol.Length, .. protocol])]);

    private static byte[] List(ushort[] numbers) => [.. numbers.SelectMany(Two)];

    private static byte[] Sized(byte[] content) => [.. Two((ushort)content.Length), .. content];

    private static byte[] Two(ushort number) => [(byte)(number >> 8), (byte)number];
}
