using Brink.Functions.Modules;
using Brink.JavaScript;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>Names, built-ins and modules that the runtime does not have (functions spec 5.3, 5.4, 5.6).</summary>
internal static class BuiltInChecks
{
    /// <summary>Words of the language that look like global names.</summary>
    private static readonly HashSet<string> Words =
        new(StringComparer.Ordinal) { "undefined", "arguments", "require", "NaN", "Infinity", "globalThis" };

    private static readonly string[] HashAlgorithms = ["md5", "sha1", "sha256"];
    private static readonly string[] DigestEncodings = ["hex", "base64", "base64url"];
    private static readonly string[] BufferEncodings = ["utf8", "utf-8", "hex", "base64", "base64url"];

    public static void Run(CheckContext context)
    {
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in context.Facts.Nodes)
        {
            switch (node)
            {
                case Identifier { Variable: null } identifier:
                    CheckGlobal(context, identifier, reported);
                    break;
                case AssignmentExpression { Target: Identifier { Variable: { Kind: VariableKind.Const } constant } } assignment:
                    context.ErrorUnlessCaught(
                        CheckRules.ConstAssignment, assignment, $"{constant.Name} is a constant", $"let {constant.Name} = ...");
                    break;
                case UpdateExpression { Target: Identifier { Variable: { Kind: VariableKind.Const } constant } } update:
                    context.ErrorUnlessCaught(
                        CheckRules.ConstAssignment, update, $"{constant.Name} is a constant", $"let {constant.Name} = ...");
                    break;
                case ImportDeclaration import:
                    CheckModule(context, import, import.Module, canOnlyBeRequired: false);
                    break;
                case MemberExpression member:
                    CheckMember(context, member);
                    break;
                case CallExpression call:
                    CheckCall(context, call);
                    break;
                case NewExpression made:
                    CheckNew(context, made);
                    break;
            }
        }
    }

    // ---------------------------------------------------------------- names

    private static void CheckGlobal(CheckContext context, Identifier identifier, HashSet<string> reported)
    {
        var name = identifier.Name;
        if (Words.Contains(name) || context.BuiltIns.HasGlobal(name) && name is not ("eval" or "Function")
            || HostModules.For(context.Runtime).Globals.ContainsKey(name))
            return;
        var parent = context.Facts.ParentOf(identifier);
        if (parent is UnaryExpression { Operator: UnaryOperator.TypeOf })
            return;
        if (name is "eval" or "Function")
        {
            if (parent is CallExpression or NewExpression)
                context.ErrorUnlessCaught(
                    CheckRules.DynamicCode, identifier, $"{name} does not run code", "the code itself, or a table of functions");
            return;
        }
        if (context.Facts.IsWritten(identifier) || parent is UpdateExpression
            || parent is AssignmentExpression { Operator: not null } compound && ReferenceEquals(compound.Target, identifier))
        {
            var word = context.Runtime == Runtime.CloudFrontJs20 ? "let" : "var";
            if (reported.Add("=" + name))
                context.ErrorUnlessCaught(CheckRules.UndeclaredAssignment, identifier, $"{name} is not declared", $"{word} {name} = ...");
            return;
        }
        if (!reported.Add(name) || reported.Contains("=" + name))
            return;
        var isLookedOutFor = context.Facts.AskedFor.Contains(name) || context.Facts.IsCaught(identifier);
        var severity = isLookedOutFor ? CheckSeverity.Warning : CheckSeverity.Error;
        if (Advice.ForGlobal(name) is { } instead)
            context.Add(CheckRules.AbsentGlobal, severity, identifier.Position,
                $"{name} does not exist in {context.Runtime.ToName()}", instead);
        else if (!isLookedOutFor || !context.Facts.AskedFor.Contains(name))
            context.Add(CheckRules.NotDefined, severity, identifier.Position, $"{name} is not defined", Similar(context, identifier));
    }

    /// <summary>A name in reach that differs in one letter or in case.</summary>
    private static string? Similar(CheckContext context, Identifier identifier)
    {
        var names = new List<string>();
        for (var function = context.Facts.FunctionAround(identifier); function is not null; function =
            context.Facts.FunctionAround(function))
            names.AddRange(function.Scope.Variables.Select(variable => variable.Name));
        names.AddRange(context.Facts.Program.Scope.Variables.Select(variable => variable.Name));
        return names.Find(
            name => name.Equals(identifier.Name, StringComparison.OrdinalIgnoreCase) || IsOneLetterOff(name, identifier.Name));
    }

    private static bool IsOneLetterOff(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 1 || Math.Min(a.Length, b.Length) < 4)
            return false;
        var start = a.AsSpan().CommonPrefixLength(b);
        var (restA, restB) = (a[start..], b[start..]);
        return restA.Length == restB.Length ? restA[1..] == restB[1..]
            : restA.Length > restB.Length ? restA[1..] == restB : restA == restB[1..];
    }

    // ---------------------------------------------------------------- members

    private static void CheckMember(CheckContext context, MemberExpression member)
    {
        if (context.Facts.IsWritten(member))
            return;
        var (holder, known) = HolderOf(context, member.Object);
        if (holder is not null)
        {
            if (known!.Contains(member.Name) || context.Facts.OwnProperties.Contains(member.Name))
                return;
            // Asking whether it is there is fine; calling what is not there is not.
            var parent = context.Facts.ParentOf(member);
            var isUsed = parent is CallExpression call && ReferenceEquals(call.Callee, member)
                || parent is NewExpression or MemberExpression or TaggedTemplate;
            var isLookedOutFor = context.Facts.AskedFor.Contains($"{holder}.{member.Name}") || context.Facts.IsCaught(member);
            var text = ScriptFacts.TextOf(member.Object) ?? holder;
            context.Add(
                CheckRules.AbsentMember, isUsed && !isLookedOutFor ? CheckSeverity.Error : CheckSeverity.Warning, member.NamePosition,
                $"{text}.{member.Name} does not exist in {context.Runtime.ToName()}", Advice.ForMember(holder, member.Name));
            return;
        }
        if (context.Facts.ParentOf(member) is CallExpression caller && ReferenceEquals(caller.Callee, member))
            CheckMethod(context, member);
    }

    /// <summary>The object whose members are known for certain, by its usual name; null if it is something else.</summary>
    private static (string? Name, ICollection<string>? Members) HolderOf(CheckContext context, Expression expression)
    {
        if (expression is Identifier { Variable: null } global)
        {
            if (HostModules.For(context.Runtime).Globals.TryGetValue(global.Name, out var module))
                return (global.Name, [.. MembersOf(module)]);
            // The global object has whatever a script puts there.
            return global.Name is "globalThis" or "global" || context.BuiltIns.MembersOf(global.Name) is not { Count: > 0 } members
                ? (null, null)
                : (global.Name, members);
        }
        var modules = HostModules.For(context.Runtime).Modules;
        return context.Kinds.Of(expression) switch
        {
            ValueKind.Crypto => ("crypto", [.. MembersOf(modules["crypto"])]),
            ValueKind.QueryStringModule => ("querystring", [.. MembersOf(modules["querystring"])]),
            ValueKind.CloudFront when modules.TryGetValue("cloudfront", out var module) => ("cf", [.. MembersOf(module)]),
            ValueKind.BufferModule when context.BuiltIns.MembersOfModule("buffer") is { } members => ("buffer", members),
            ValueKind.KeyValueStore => ("kvs", ["get", "exists", "meta"]),
            _ => (null, null),
        };
    }

    private static IEnumerable<string> MembersOf(HostModule module) =>
        module.Functions.Concat(module.Getters).Select(function => function.Name);

    private static void CheckMethod(CheckContext context, MemberExpression method)
    {
        var name = method.Name;
        if (context.Facts.OwnProperties.Contains(name))
            return;
        var receiver = ScriptFacts.TextOf(method.Object);
        var kind = context.Kinds.Of(method.Object);
        if (kind is ValueKind.Array or ValueKind.String)
        {
            var (members, what, word) = kind == ValueKind.Array
                ? (context.BuiltIns.OfArrays, "arrays", "list")
                : (context.BuiltIns.OfStrings, "strings", "text");
            if (!members.Contains(name))
                context.Add(CheckRules.AbsentMember, context.Facts.IsCaught(method) ? CheckSeverity.Warning : CheckSeverity.Error,
                    method.NamePosition, $"{what} have no method {name} in {context.Runtime.ToName()}",
                    Advice.ForMethod(name, receiver, word));
            return;
        }
        if (kind != ValueKind.Unknown || !Advice.IsKnownMethod(name) || context.BuiltIns.IsOnAnyPrototype(name))
            return;
        // A module or function of the script's own may have any member.
        context.Add(CheckRules.AbsentMember, CheckSeverity.Warning, method.NamePosition,
            $"no built-in has a method {name} in {context.Runtime.ToName()}", Advice.ForMethod(name, receiver, "value"));
    }

    // ---------------------------------------------------------------- calls

    private static void CheckCall(CheckContext context, CallExpression call)
    {
        if (call.Callee is Identifier { Variable: null, Name: "require" })
        {
            if (call.Arguments is [StringLiteral module, ..])
                CheckModule(context, call, module.Value, canOnlyBeRequired: true);
            return;
        }
        if (call.Callee is not MemberExpression method)
            return;
        var holder = context.Kinds.Of(method.Object);
        if (holder == ValueKind.Crypto && method.Name is "createHash" or "createHmac" && call.Arguments is [StringLiteral algorithm, ..]
            && !HashAlgorithms.Contains(algorithm.Value))
        {
            var lower = algorithm.Value.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
            context.ErrorUnlessCaught(
                CheckRules.UnsupportedArgument, algorithm, $"the algorithm \"{algorithm.Value}\" is not supported",
                HashAlgorithms.Contains(lower) ? $"'{lower}'" : "'sha256', 'sha1' or 'md5'");
        }
        if (method.Name == "digest" && call.Arguments is [StringLiteral encoding] && !DigestEncodings.Contains(encoding.Value)
            && method.Object is CallExpression { Callee: MemberExpression { Name: "update" or "createHash" or "createHmac" } })
        {
            context.ErrorUnlessCaught(CheckRules.UnsupportedArgument, encoding, $"the encoding \"{encoding.Value}\" is not supported",
                "'hex', 'base64' or 'base64url'");
        }
        if (method is { Object: Identifier { Variable: null, Name: "Buffer" }, Name: "from" } && call.Arguments is [_, StringLiteral text]
            && !BufferEncodings.Contains(text.Value))
            context.ErrorUnlessCaught(CheckRules.UnsupportedArgument, text, $"the encoding \"{text.Value}\" is not supported",
                "'utf8', 'hex', 'base64' or 'base64url'");
        if (holder == ValueKind.CloudFront && method.Name == "kvs")
            CheckStore(context, call);
        if (holder == ValueKind.KeyValueStore && method.Name is "get" or "exists" or "meta"
            && IsUsedAsValue(context.Facts.ParentOf(call), call))
            context.Warning(CheckRules.KvsNotAwaited, call, $"{method.Name} returns a promise, which is always true",
                $"await {ScriptFacts.TextOf(method) ?? method.Name}(...)");
    }

    private static void CheckStore(CheckContext context, CallExpression call)
    {
        if (context.KeyValueStoreId is not { } id)
            context.Warning(
                CheckRules.KvsNotAssociated, call, "a key value store must be associated with the function, and none is given here", null);
        else if (call.Arguments is [StringLiteral { Value: var asked }, ..] && asked != id)
            context.Warning(CheckRules.KvsOtherId, call, $"the associated key value store has the id {id}, not {asked}",
                $"cf.kvs(), which takes the associated one, or name this id: --kvs {asked}=FILE");
    }

    private static bool IsUsedAsValue(Node? parent, Node call) => parent switch
    {
        BinaryExpression or LogicalExpression or TemplateLiteral or IfStatement => true,
        UnaryExpression { Operator: UnaryOperator.Not } => true,
        ConditionalExpression conditional => ReferenceEquals(conditional.Test, call),
        _ => false,
    };

    private static void CheckNew(CheckContext context, NewExpression made)
    {
        if (made.Callee is Identifier { Variable: null, Name: "Buffer" } && context.BuiltIns.HasGlobal("Buffer"))
            context.ErrorUnlessCaught(CheckRules.AbsentMember, made, "new Buffer throws", "Buffer.from(...) or Buffer.alloc(size)");
        if (made.Callee is Identifier { Variable: null, Name: "RegExp" } && made.Arguments is [_, StringLiteral flags])
        {
            foreach (var flag in flags.Value)
            {
                if (!Dialect.IsRegExpFlag(flag, context.Runtime))
                {
                    context.ErrorUnlessCaught(
                        CheckRules.OfSyntax(SyntaxRules.RegExpFlags), flags, $"the flag {flag} of regular expressions is not supported",
                        "only the flags g, i, m" + (context.Runtime == Runtime.CloudFrontJs20 ? " and y" : ""));
                    break;
                }
            }
        }
    }

    private static void CheckModule(CheckContext context, Node at, string name, bool canOnlyBeRequired)
    {
        if (context.BuiltIns.MembersOfModule(name) is not null)
            return;
        if (HostModules.For(context.Runtime).Modules.TryGetValue(name, out var module))
        {
            if (canOnlyBeRequired && !module.CanBeRequired)
                context.ErrorUnlessCaught(
                    CheckRules.NoSuchModule, at, $"require does not know {name}", $"import cf from '{name}'; at the top of the file");
            return;
        }
        var instead = name switch
        {
            "cloudfront" => "runtime cloudfront-js-2.0",
            "url" or "node:url" => "event.request.uri and event.request.querystring, which are parsed already",
            "buffer" or "node:buffer" => context.BuiltIns.HasGlobal("Buffer") ? "Buffer, which is global" : Advice.ForGlobal("Buffer"),
            "node:crypto" => "crypto",
            "node:querystring" => "querystring",
            "aws-sdk" => "Lambda@Edge: a function has no network",
            _ when name.StartsWith("@aws-sdk/", StringComparison.Ordinal) => "Lambda@Edge: a function has no network",
            _ when name.StartsWith('.') || name.StartsWith('/') => "one file: a bundler puts the code of others into it",
            _ => "crypto, querystring" + (context.Runtime == Runtime.CloudFrontJs20 ? ", cloudfront" : "") + ", or code in this file",
        };
        // An import is resolved when the script is compiled: nothing can catch that.
        if (at is ImportDeclaration)
            context.Error(CheckRules.NoSuchModule, at, $"there is no module {name}", instead);
        else
            context.ErrorUnlessCaught(CheckRules.NoSuchModule, at, $"there is no module {name}", instead);
    }
}
