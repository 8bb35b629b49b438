using System.Text;

namespace Brink.ScriptGenerator;

/// <summary>Bytes of working scripts, cut, doubled, spliced and spoilt: what a parser must answer, and an engine must survive when it still compiles.</summary>
public sealed class SourceMutator(IReadOnlyList<byte[]> corpus)
{
    private static readonly byte[][] Words = [.. new[]
    {
        "async ", "await ", "function ", "=>", "let ", "const ", "var ", "of ", "in ", "class ", "import ", "...", "${", "`", "/*", "//", "?.", "??", "arguments", "this", "new ", "delete ", "typeof ", "void ",
        "for(;;)", "while(1)", "if(", "else ", "try{", "}catch(e){", "}finally{", "switch(", "case ", "default:", "return ", "throw ", "break ", "continue ", "a:", "{", "}", "(", ")", "[", "]", ";", ",",
        "0x", "1e999", "-0", "NaN", "undefined", "null", "''", "\"", "\\u{10FFFF}", "\\ud800", "\0", "\r\n", "\u2028", "😀", "é", "__proto__", "prototype", "constructor", "length", "toString", "valueOf", "then",
        "/(a*)*b/", "/(?<a>x)\\k<a>/", ".call(", ".apply(", ".bind(", ".repeat(1e9)", ".split('')", ".length=4294967295", "[4294967294]=1", "Symbol.iterator", "JSON.parse(", "Object.defineProperty(", "get x(){", "event", "event.request",
    }.Select(word => Encoding.UTF8.GetBytes(word))];

    /// <summary>A spoilt script. The same seed and corpus give the same bytes everywhere.</summary>
    public byte[] Mutate(ulong seed)
    {
        var random = new Randomness(seed);
        var bytes = new List<byte>(random.Pick(corpus));
        for (var edits = 1 + random.Next(8); edits > 0; edits--)
            Edit(bytes, random);
        if (bytes.Count > 10_240)
            bytes.RemoveRange(10_240, bytes.Count - 10_240);
        return [.. bytes];
    }

    private void Edit(List<byte> bytes, Randomness random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(1 + random.Next(40), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0:
                bytes.RemoveRange(at, length);
                break;
            case 1:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 2:
                bytes.InsertRange(at, PartOf(random.Pick(corpus), random));
                break;
            case 3 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 4 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 5:
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, random.Pick(Words));
                break;
            case 6 when random.OneIn(4):
                for (var times = random.Next(200); times > 0; times--)
                    bytes.InsertRange(at, random.Pick((byte[][])["("u8.ToArray(), "["u8.ToArray(), "{"u8.ToArray(), "!"u8.ToArray(), "a=>"u8.ToArray(), "-"u8.ToArray(), "`${"u8.ToArray()]));
                break;
            case 7 when random.OneIn(6):
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.InsertRange(at, random.Pick(Words));
                break;
        }
    }

    private static byte[] PartOf(byte[] other, Randomness random)
    {
        var start = random.Next(other.Length + 1);
        return other.AsSpan(start, Math.Min(random.Next(80), other.Length - start)).ToArray();
    }
}
