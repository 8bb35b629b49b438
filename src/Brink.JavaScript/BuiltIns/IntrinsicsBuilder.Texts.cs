using Brink.JavaScript.BuiltIns.Dates;
using Brink.JavaScript.BuiltIns.Numbers;
using Brink.JavaScript.BuiltIns.Texts;

namespace Brink.JavaScript.BuiltIns;

internal sealed partial class IntrinsicsBuilder
{
    partial void BuildTexts()
    {
        StringBuiltIns.Build(this);
        RegExpBuiltIns.Build(this);
        NumberBuiltIns.Build(this);
        MathBuiltIns.Build(this);
        DateBuiltIns.Build(this);
        UriBuiltIns.Build(this);
    }
}
