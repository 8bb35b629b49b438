using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>Which large object a head belongs to.</summary>
internal readonly record struct SliceSetName(string Id, long Length, Revalidation Version);

/// <summary>
/// Heads as bytes. Their layout is a part of the folder's format: a change of it is a new <see cref="CacheFolder.Format"/>.
/// </summary>
/// <remarks>Texts are Latin-1 where all their characters are, else UTF-16: keys hold lengths as characters, which no UTF-8 keeps.</remarks>
internal static class HeadCodec
{
    private const int LongestName = 64;

    // Names of fields and distributions, one for each value of their hash: what is pushed out is made again.
    private static readonly string?[] Names = new string?[1024];

    /// <summary>Writes a head.</summary>
    public static void Write(ArrayBufferWriter<byte> to, CachedObject item, DiskClock clock)
    {
        var head = item.Head;
        Text(to, head.Key);
        var kind = item.IsSlice ? EntryKind.Slice : head.Variants is null ? EntryKind.Object : EntryKind.Variants;
        to.GetSpan(1)[0] = (byte)kind;
        to.Advance(1);
        if (kind == EntryKind.Slice)
            return;
        if (head.Variants is { } variants)
        {
            WriteName(to, head.Name);
            Number(to, variants.Generation);
            Number(to, variants.Names.Length);
            foreach (var name in variants.Names)
                Text(to, name);
            return;
        }
        Number(to, head.StatusCode);
        Number(to, head.OriginStatus);
        OptionalText(to, head.StatusDescription);
        Number(to, head.Fields.Length);
        foreach (ref readonly var field in head.Fields.AsSpan())
        {
            Text(to, field.Name);
            Text(to, field.Value);
        }
        Number(to, clock.UtcTicksAt(head.StoredAt));
        Number(to, head.InitialAge.Ticks);
        WriteName(to, head.Name);
        OptionalTime(to, head.Freshness.Lifetime);
        OptionalTime(to, head.Freshness.StaleWhileRevalidate);
        OptionalTime(to, head.Freshness.StaleIfError);
        Number(to, head.Freshness.MaxTtl.Ticks);
        Flag(to, head.Freshness.RevalidatesUnconditionally);
        Flag(to, head.SendsCookies);
        Flag(to, head.EdgeCoding is not null);
        if (head.EdgeCoding is { } coding)
        {
            Number(to, (long)coding.Coding);
            OptionalText(to, coding.OriginETag);
        }
        Flag(to, item.Slices is not null);
        if (item.Slices is { } slices)
        {
            Text(to, slices.Id);
            Number(to, slices.Length);
            OptionalText(to, slices.Version.ETag);
            OptionalText(to, slices.Version.LastModified);
        }
    }

    /// <summary>Reads a head.</summary>
    /// <param name="bytes">What <see cref="Write"/> wrote.</param>
    /// <param name="key">The key that is looked for.</param>
    /// <param name="revision">How many invalidations there had been when the object was asked for.</param>
    /// <param name="clock">For its times.</param>
    /// <param name="slices">The large object that it belongs to; null where the body is in the record.</param>
    /// <returns>The head; null if it is that of another key.</returns>
    /// <exception cref="InvalidDataException">The bytes are no head.</exception>
    public static ObjectHead? Read(ReadOnlySpan<byte> bytes, string key, long revision, DiskClock clock, out SliceSetName? slices)
    {
        slices = null;
        var reader = new Reader(bytes);
        if (reader.Text() != key)
            return null;
        var kind = (EntryKind)reader.Byte();
        if (kind == EntryKind.Slice)
            return ObjectHead.OfSlice(key);
        if (kind == EntryKind.Variants)
            return ReadVariants(reader, key, revision);
        if (kind != EntryKind.Object)
            throw new InvalidDataException("what the head is of is not known");
        var statusCode = (int)reader.Number();
        var originStatus = (int)reader.Number();
        var description = reader.OptionalText();
        var fields = new HeaderField[reader.Count()];
        for (var i = 0; i < fields.Length; i++)
            fields[i] = new HeaderField(reader.Name(), reader.Text());
        var storedAt = reader.Number();
        var initialAge = new TimeSpan(reader.Number());
        var name = ReadName(ref reader);
        var freshness = new Freshness(
            reader.OptionalTime(), reader.OptionalTime(), reader.OptionalTime(), new TimeSpan(reader.Number()), reader.Flag());
        var sendsCookies = reader.Flag();
        EdgeCoding? coding = reader.Flag() ? new EdgeCoding((ContentCoding)reader.Number(), reader.OptionalText()) : null;
        if (reader.Flag())
            slices = new SliceSetName(reader.Text(), reader.Number(), new Revalidation(reader.OptionalText(), reader.OptionalText()));
        return ObjectHead.Of(
            key,
            name,
            revision,
            statusCode,
            description,
            fields,
            originStatus,
            freshness,
            clock.TimestampAt(storedAt, freshness.Lifetime),
            initialAge,
            sendsCookies,
            coding);
    }

    private static ObjectHead ReadVariants(Reader reader, string key, long revision)
    {
        var name = ReadName(ref reader);
        var generation = reader.Number();
        var names = new string[reader.Count()];
        for (var i = 0; i < names.Length; i++)
            names[i] = reader.Text();
        return ObjectHead.OfVariants(
            key, name, revision, new VariantFields(ImmutableCollectionsMarshal.AsImmutableArray(names), generation));
    }

    private static void WriteName(ArrayBufferWriter<byte> to, ObjectName name)
    {
        Text(to, name.DistributionId);
        Text(to, name.ViewerTarget);
        OptionalText(to, ReferenceEquals(name.Target, name.ViewerTarget) ? null : name.Target);
        Number(to, name.Tags.Length);
        foreach (var tag in name.Tags)
            Text(to, tag);
    }

    private static ObjectName ReadName(ref Reader reader)
    {
        var distribution = reader.Name();
        var viewerTarget = reader.Text();
        var target = reader.OptionalText() ?? viewerTarget;
        var tags = new string[reader.Count()];
        for (var i = 0; i < tags.Length; i++)
            tags[i] = reader.Text();
        return new ObjectName(distribution, viewerTarget, target, ImmutableCollectionsMarshal.AsImmutableArray(tags));
    }

    /// <summary>Writes an invalidation.</summary>
    public static void WriteRule(ArrayBufferWriter<byte> to, InvalidationRule rule)
    {
        OptionalText(to, rule.DistributionId);
        OptionalText(to, rule.Path);
        OptionalText(to, rule.Tag);
    }

    /// <summary>Reads an invalidation.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public static InvalidationRule ReadRule(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        return new InvalidationRule(reader.OptionalText(), reader.OptionalText(), reader.OptionalText());
    }

    private static void Flag(ArrayBufferWriter<byte> to, bool value)
    {
        to.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        to.Advance(1);
    }

    // Seven bits a byte; the sign is in the lowest bit.
    private static void Number(ArrayBufferWriter<byte> to, long value)
    {
        var span = to.GetSpan(10);
        var rest = ((ulong)value << 1) ^ (ulong)(value >> 63);
        var count = 0;
        for (; rest >= 0x80; rest >>= 7)
            span[count++] = (byte)(rest | 0x80);
        span[count++] = (byte)rest;
        to.Advance(count);
    }

    private static void OptionalTime(ArrayBufferWriter<byte> to, TimeSpan? value)
    {
        Flag(to, value is not null);
        if (value is { } time)
            Number(to, time.Ticks);
    }

    private static void OptionalText(ArrayBufferWriter<byte> to, string? text)
    {
        Flag(to, text is not null);
        if (text is not null)
            Text(to, text);
    }

    private static void Text(ArrayBufferWriter<byte> to, string text)
    {
        var isLatin = !text.AsSpan().ContainsAnyExceptInRange('\0', '\xFF');
        Flag(to, isLatin);
        Number(to, text.Length);
        if (isLatin)
        {
            to.Advance(Encoding.Latin1.GetBytes(text, to.GetSpan(text.Length)));
            return;
        }
        var span = to.GetSpan(2 * text.Length);
        for (var i = 0; i < text.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(span[(2 * i)..], text[i]);
        to.Advance(2 * text.Length);
    }

    private enum EntryKind : byte
    {
        Object,
        Slice,
        Variants,
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public byte Byte() => Take(1)[0];

        public bool Flag() => Byte() != 0;

        public long Number()
        {
            ulong value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var next = Take(1)[0];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                    return (long)(value >> 1) ^ -(long)(value & 1);
            }
            throw new InvalidDataException("a number has no end");
        }

        // Each of them takes a byte at the least.
        public int Count() => Number() is var count && count >= 0 && count <= _rest.Length ? (int)count : throw TooShort();

        public TimeSpan? OptionalTime() => Flag() ? new TimeSpan(Number()) : null;

        public string? OptionalText() => Flag() ? Text() : null;

        public string Text()
        {
            var isLatin = Flag();
            var length = Count();
            if (isLatin)
                return Encoding.Latin1.GetString(Take(length));
            return string.Create(length, Take(2 * length), static (to, from) =>
            {
                for (var i = 0; i < to.Length; i++)
                    to[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(from[(2 * i)..]);
            });
        }

        /// <summary>A text that many heads have: mostly there is one string of it.</summary>
        public string Name()
        {
            var before = _rest;
            var isLatin = Flag();
            var length = Count();
            if (!isLatin || length > LongestName)
            {
                _rest = before;
                return Text();
            }
            Span<char> name = stackalloc char[LongestName];
            name = name[..Encoding.Latin1.GetChars(Take(length), name)];
            ref var known = ref Names[string.GetHashCode(name) & (Names.Length - 1)];
            var seen = Volatile.Read(ref known);
            if (seen is null || !name.SequenceEqual(seen))
                Volatile.Write(ref known, seen = new string(name));
            return seen;
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length)
                throw TooShort();
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        private static InvalidDataException TooShort() => new("the record is shorter than what it says");
    }
}
