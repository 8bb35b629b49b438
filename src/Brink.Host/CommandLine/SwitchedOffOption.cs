using System.CommandLine;

namespace Brink.Host.CommandLine;

/// <summary>
/// An option that an empty value switches off: <c>--default-root-object ""</c>. For every other option an empty value is a mistake.
/// </summary>
internal sealed class SwitchedOffOption(string name) : Option<string?>(name);
