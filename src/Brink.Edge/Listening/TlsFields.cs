using System.Buffers.Binary;

namespace Brink.Edge.Listening;

    /// <summary>Fields of TLS: numbers, and vectors that begin with their length. Each is taken whole or not at all.</summary>
    internal ref struct TlsFields(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _bytes = bytes;

        public bool TrySkip(int count)
        {
            if (_bytes.Length < count)
                return false;
            _bytes = _bytes[count..];
            return true;
        }

        public bool TryTakeNumber(out ushort number)
        {
            if (!BinaryPrimitives.TryReadUInt16BigEndian(_bytes, out number))
                return false;
            _bytes = _bytes[sizeof(ushort)..];
            return true;
        }

        public bool TryTake8(out TlsFields content)
        {
            content = default;
            return !_bytes.IsEmpty && TryTake(1, _bytes[0], out content);
        }

        public bool TryTake16(out TlsFields content)
        {
            content = default;
            return BinaryPrimitives.TryReadUInt16BigEndian(_bytes, out var length) && TryTake(sizeof(ushort), length, out content);
        }

        /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes;

    public readonly bool Has(ushort number)
        {
            for (var i = 0; i + 1 < _bytes.Length; i += sizeof(ushort))
            {
                if (BinaryPrimitives.ReadUInt16BigEndian(_bytes[i..]) == number)
                    return true;
            }
            return false;
        }

        private bool TryTake(int head, int length, out TlsFields content)
        {
            content = default;
            if (_bytes.Length < head + length)
                return false;
            content = new TlsFields(_bytes.Slice(head, length));
            _bytes = _bytes[(head + length)..];
            return true;
        }
    }
