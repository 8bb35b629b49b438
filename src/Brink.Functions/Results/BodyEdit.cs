using Brink.JavaScript.Hosting;

namespace Brink.Functions.Results;

/// <summary>The body that a function set (functions spec 2.4).</summary>
internal sealed class BodyEdit
{
    /// <summary>The function set a body, perhaps an empty one, which removes the body.</summary>
    public bool IsSet { get; private set; }

    /// <summary><c>text</c> or <c>base64</c>, as the function said.</summary>
    public string Encoding { get; private set; } = "text";

    /// <summary>The data, as the function said.</summary>
    public string Data { get; private set; } = "";

    /// <summary>The bytes.</summary>
    public byte[] Bytes { get; private set; } = [];

    public void Begin()
    {
        IsSet = false;
        (Encoding, Data, Bytes) = ("text", "", []);
    }

    /// <summary>
    /// Reads the property; false if something threw. Rules are checked last, by <see cref="Check"/>: here only what must be known to read
    /// on.
    /// </summary>
    public bool Read(ScriptValue body, ref string? problem)
    {
        if (body.IsUndefined)
            return true;
        IsSet = true;
        if (body.IsString)
        {
            TakeData(body, ref problem);
            return true;
        }
        if (body.Kind != ScriptValueKind.Object)
        {
            problem = ValidationMessages.Body();
            return true;
        }
        var encoding = body.Get(ResultNames.Encoding);
        if (encoding.IsThrew)
            return false;
        var data = body.Get(ResultNames.Data);
        if (data.IsThrew)
            return false;
        if (encoding.TextEquals("base64"))
            Encoding = "base64";
        else if (!encoding.TextEquals("text"))
            problem = ValidationMessages.BodyEncoding();
        else if (!data.IsString)
            problem = ValidationMessages.Body();
        if (problem is null && data.IsString)
            TakeData(data, ref problem);
        else
            problem ??= ValidationMessages.Body();
        return true;
    }

    private void TakeData(ScriptValue data, ref string? problem)
    {
        if (data.TextLength > Limits.FunctionBodyBytes / 3 * 4 + 4)
            problem = ValidationMessages.BodyTooLarge();
        else
            Data = data.AsText();
    }

    /// <summary>Decodes the data: null if all is well.</summary>
    public string? Check()
    {
        if (Encoding == "text")
        {
            Bytes = System.Text.Encoding.UTF8.GetBytes(Data);
        }
        else
        {
            // The platform skips white space; a body must be base64 and nothing else.
            var bytes = new byte[Data.Length / 4 * 3 + 3];
            if (Data.AsSpan().ContainsAny(" \t\r\n") || !Convert.TryFromBase64String(Data, bytes, out var count))
                return ValidationMessages.BodyBase64();
            Bytes = bytes[..count];
        }
        return Bytes.Length > Limits.FunctionBodyBytes ? ValidationMessages.BodyTooLarge() : null;
    }
}
