using System.Text;
using Brink.Functions.KeyValueStores;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.KeyValueStores;

public sealed class ImportTests
{
    private static ImportOutcome Import(string json) => KeyValueStoreContents.Import(Encoding.UTF8.GetBytes(json), Now, Now);

    [Theory]
    [InlineData("""{"data":[]}""", 0)]
    [InlineData("\uFEFF{\"data\":[{\"key\":\"a\",\"value\":\"\"}]}", 1)]
    [InlineData("""{"data":[{"key":"a","value":"1"},{"key":"A","value":"2"}],"other":1}""", 2)]
    public void ImportFile_IsRead(string json, int count) => Assert.Equal(count, Assert.IsType<ImportOutcome.Imported>(Import(json)).Contents.Count);

    [Theory]
    [InlineData("", "The file is not JSON: line 1, byte 1: there is nothing.")]
    [InlineData("{\n\"data\": [,]}", "The file is not JSON: line 2, byte 10: ',' is an invalid start of a value.")]
    [InlineData("[]", "The file must be an object with an array named data.")]
    [InlineData("""{"data":{}}""", "The file must be an object with an array named data.")]
    [InlineData("""{"data":[{"key":"a"}]}""", "Entry 1 must be an object with a string key and a string value.")]
    [InlineData("""{"data":[{"key":"a","value":1}]}""", "Entry 1 must be an object with a string key and a string value.")]
    [InlineData("""{"data":[{"key":"","value":"1"}]}""", "Entry 1 has an empty key.")]
    [InlineData("""{"data":[{"key":"a","value":"1"},{"key":"a","value":"2"}]}""", "Key \"a\" is there more than once.")]
    public void Mistake_IsNamed(string json, string expected) => Assert.Equal(expected, Assert.Single(Assert.IsType<ImportOutcome.Failed>(Import(json)).Mistakes));

    [Fact]
    public void AllMistakes_AreReportedAtOnce()
    {
        var longKey = new string('é', 257);
        var failed = Assert.IsType<ImportOutcome.Failed>(Import(
            $$"""{"data":[{"key":"{{longKey}}","value":"1"},{"key":"big","value":"{{new string('x', 1025)}}"},5,{"key":"a","value":"1"},{"key":"a","value":"1"}]}"""));

        Assert.Equal(
            [
                $"Key \"{longKey[..64]}...\" has 514 bytes; a key has at most 512.",
                "The value of key \"big\" has 1,025 bytes; a value has at most 1,024.",
                "Entry 3 must be an object with a string key and a string value.",
                "Key \"a\" is there more than once.",
            ],
            failed.Mistakes);
    }

    [Fact]
    public void LimitsThemselves_AreAllowed() =>
        Assert.IsType<ImportOutcome.Imported>(Import($$"""{"data":[{"key":"{{new string('k', 512)}}","value":"{{new string('v', 1024)}}"}]}"""));

    [Fact]
    public void FileOverFiveMegabytes_IsRefused() =>
        Assert.Contains("at most 5,242,880", Assert.Single(Assert.IsType<ImportOutcome.Failed>(Import(new string(' ', 5 * 1024 * 1024 + 1))).Mistakes), StringComparison.Ordinal);

    [Fact]
    public void FileThatIsNotUtf8_IsRefused() =>
        Assert.IsType<ImportOutcome.Failed>(KeyValueStoreContents.Import(Encoding.Latin1.GetBytes("{\"data\":[{\"key\":\"\u00E9\",\"value\":\"1\"}]}"), Now, Now));
}
