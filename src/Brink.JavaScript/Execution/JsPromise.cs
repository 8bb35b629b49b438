using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

internal enum PromiseState : byte { Pending, Fulfilled, Rejected }

/// <summary>A promise (ECMAScript 27.2).</summary>
internal sealed class JsPromise(Shape shape, JsObject prototype) : JsObject(ObjectClass.Promise, shape, prototype)
{
    public PromiseState State;

    /// <summary>Value or reason.</summary>
    public Value Result;

    /// <summary>It has a reaction: a rejection is not unhandled.</summary>
    public bool IsHandled;

    public List<PromiseReaction>? Reactions;
}

/// <summary>What happens when a promise settles.</summary>
internal sealed class PromiseReaction
{
    /// <summary>Settled with what the handler gives.</summary>
    public JsPromise? Derived { get; init; }

    /// <summary>Instead of it, where the script chose what is made.</summary>
    public PromiseCapability? Capability { get; init; }

    public Value OnFulfilled { get; init; }

    public Value OnRejected { get; init; }

    /// <summary>An await instead of handlers.</summary>
    public AsyncRun? Run { get; init; }

    /// <summary>A combination instead of handlers, and which of its elements this is.</summary>
    public PromiseCombination? Combination { get; init; }

    public int Index { get; init; }
}

/// <summary>One entry of the job queue: a reaction with its argument, or a thenable to be asked for its value.</summary>
internal readonly struct PromiseJob
{
    public PromiseReaction? Reaction { get; init; }

    public bool IsRejected { get; init; }

    public Value Argument { get; init; }

    public JsPromise? Promise { get; init; }

    public Value Then { get; init; }
}

/// <summary>Whether one of some functions was called.</summary>
internal sealed class PromiseLatch
{
    public bool IsUsed { get; set; }
}

/// <summary>A function that the promise machinery hands to scripts.</summary>
internal sealed class PromiseFunction(PromiseFunctionKind kind, int length, Shape shape, JsObject prototype) : JsFunction(shape, prototype)
{
    public PromiseFunctionKind Role { get; } = kind;

    public JsPromise? Promise { get; init; }

    /// <summary>The onFinally function, or a remembered value.</summary>
    public Value Subject { get; init; }

    /// <summary>What the promise of an onFinally function's result is made with.</summary>
    public Value Constructor { get; init; }

    /// <summary>Shared by the functions of which only the first call counts.</summary>
    public PromiseLatch? Latch { get; init; }

    public override Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Promises.Run(realm, this, arguments.At(0));

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        if (base.GetOwn(realm, key, out property))
            return true;
        if (!ReferenceEquals(key, Names.Length) && !ReferenceEquals(key, Names.Name))
            return false;
        property = new Property { Value = ReferenceEquals(key, Names.Length)
            ? Values.Value.Number(length)
            : Realm.EmptyText, Flags = PropertyFlags.Configurable };
        return true;
    }
}

internal enum PromiseFunctionKind : byte { Resolve, Reject, ThenFinally, CatchFinally, ReturnSubject, ThrowSubject }

internal enum Combinator : byte { All, AllSettled, Any, Race }

/// <summary>What the elements of Promise.all, allSettled, any and race come to.</summary>
internal sealed class PromiseCombination(Combinator combinator, JsPromise promise, JsArray values)
{
    public Combinator Combinator { get; } = combinator;

    public JsPromise Promise { get; } = promise;

    public JsArray Values { get; } = values;

    /// <summary>Elements to wait for, and one more while they are being listed.</summary>
    public int Remaining { get; set; } = 1;

    /// <summary>The promise has its answer, or follows another one.</summary>
    public bool IsDecided { get; set; }
}
