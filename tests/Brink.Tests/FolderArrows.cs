using System.Reflection;
using System.Reflection.Emit;

namespace Brink.Tests;

/// <summary>
/// What the folders of a room use of each other, read off the compiled room: types in signatures, fields and method bodies. A folder is a namespace, and
/// a folder's own files are another folder than those of its subfolders. Constants leave no trace in what is compiled and are not seen.
/// </summary>
internal sealed class FolderArrows
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly Assembly _room;
    private readonly SortedDictionary<(string From, string To), string> _arrows = [];

    private FolderArrows(Assembly room) => _room = room;

    /// <summary>Each arrow with one use that makes it.</summary>
    public IReadOnlyDictionary<(string From, string To), string> Arrows => _arrows;

    /// <summary>Draws the arrows of a room.</summary>
    public static FolderArrows Of(string room)
    {
        var found = new FolderArrows(Assembly.Load(room));
        foreach (var type in found._room.GetTypes().Where(type => Outermost(type).Namespace is not null))
            found.Add(type);
        return found;
    }

    /// <summary>The arrows that lie on a circle, apart from those that are excepted.</summary>
    public List<(string From, string To)> OnCircles(IReadOnlySet<(string From, string To)> excepted)
    {
        var counted = _arrows.Keys.Where(arrow => !excepted.Contains(arrow)).ToLookup(arrow => arrow.From, arrow => arrow.To);
        return [.. counted.SelectMany(from => from, (from, to) => (from.Key, to)).Where(arrow => Reaches(arrow.to, arrow.Key))];

        bool Reaches(string from, string to)
        {
            var (seen, next) = (new HashSet<string> { from }, new Stack<string>([from]));
            while (next.TryPop(out var at))
            {
                if (at == to)
                    return true;
                foreach (var further in counted[at].Where(seen.Add))
                    next.Push(further);
            }
            return false;
        }
    }

    private void Add(Type type)
    {
        Use(type, type.BaseType);
        foreach (var used in type.GetInterfaces())
            Use(type, used);
        foreach (var field in type.GetFields(All))
            Use(type, field.FieldType);
        foreach (var method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
            Add(type, method);
    }

    private void Add(Type type, MethodBase method)
    {
        Use(type, (method as MethodInfo)?.ReturnType);
        foreach (var parameter in method.GetParameters())
            Use(type, parameter.ParameterType);
        if (method.GetMethodBody() is not { } body)
            return;
        foreach (var local in body.LocalVariables)
            Use(type, local.LocalType);
        foreach (var clause in body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause))
            Use(type, clause.CatchType);
        var (typeArguments, methodArguments) = (type.IsGenericType ? type.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null);
        foreach (var token in Tokens(body.GetILAsByteArray()!))
        {
            var member = method.Module.ResolveMember(token, typeArguments, methodArguments)!;
            Use(type, member as Type ?? member.DeclaringType);
            foreach (var argument in (member as MethodInfo)?.GetGenericArguments() ?? [])
                Use(type, argument);
        }
    }

    private void Use(Type user, Type? used)
    {
        if (used is null || used.IsGenericParameter)
            return;
        if (used.HasElementType)
            Use(user, used.GetElementType());
        foreach (var argument in used.GetGenericArguments())
            Use(user, argument);
        if (used.Assembly != _room || Outermost(used).Namespace is not { } to || Outermost(user).Namespace is not { } from || from == to)
            return;
        _arrows.TryAdd((from, to), $"{Outermost(user).Name} uses {Outermost(used).Name}");
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    // The metadata tokens of types and members among a method's instructions.
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var i = 0; i < code.Length;)
        {
            var value = code[i] == 0xFE ? unchecked((short)(0xFE00 | code[i + 1])) : code[i];
            var instruction = Codes[value];
            i += instruction.Size;
            switch (instruction.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineType or OperandType.InlineTok:
                    yield return BitConverter.ToInt32(code, i);
                    i += 4;
                    break;
                case OperandType.InlineSwitch:
                    i += 4 + 4 * BitConverter.ToInt32(code, i);
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    i += 8;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    i += 1;
                    break;
                case OperandType.InlineVar:
                    i += 2;
                    break;
                default:
                    i += 4;
                    break;
            }
        }
    }
}
