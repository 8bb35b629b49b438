using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>A value and its text, made once, when an array is sorted without a comparison function.</summary>
internal struct TextItem
{
    public Value Value;
    public Value Text;
}
