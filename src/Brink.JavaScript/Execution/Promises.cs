using Brink.JavaScript.Compilation;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>
/// Promises and their job queue. The queue drains inside the call: there is nothing to wait for outside, so a promise that is pending when
/// the queue is empty never settles.
/// </summary>
internal static class Promises
{
    private const int ReactionCost = 64;

    private static readonly Atom Status = Names.Table.Intern("status");
    private static readonly Atom Reason = Names.Table.Intern("reason");
    private static readonly Atom Errors = Names.Table.Intern("errors");
    private static readonly Value FulfilledText = Names.Table.Intern("fulfilled").Value;
    private static readonly Value RejectedText = Names.Table.Intern("rejected").Value;

    /// <summary>Makes the names above, while the process-wide table of names may still grow.</summary>
    public static void Prepare() => _ = Status;

    public static JsPromise New(Realm realm)
    {
        realm.Allocate(MemoryCost.Promise);
        return new JsPromise(realm.EmptyShape, realm.Intrinsics.PromisePrototype);
    }

    public static JsPromise Resolved(Realm realm, in Value value)
    {
        var promise = New(realm);
        Resolve(realm, promise, value);
        return promise;
    }

    public static JsPromise Rejected(Realm realm, in Value reason)
    {
        var promise = New(realm);
        Reject(realm, promise, reason);
        return promise;
    }

    /// <summary>PromiseResolve: a promise as it is, anything else in a promise.</summary>
    public static JsPromise Of(Realm realm, in Value value) => value.Reference as JsPromise ?? Resolved(realm, value);

    /// <summary>
    /// The same for any constructor: a promise of that one as it is, anything else in what it makes; or the threw marker.
    /// </summary>
    public static Value Of(Realm realm, in Value constructor, in Value value)
    {
        if (value.Reference is JsPromise promise)
        {
            if (ReferenceEquals(constructor.Reference, realm.Intrinsics.Promise)
                && Species.IsBuiltIn(realm, promise, realm.Intrinsics.PromisePrototype))
                return value;
            var own = realm.Get(value, Names.Constructor);
            if (own.IsThrew || own.IsSame(constructor))
                return own.IsThrew ? own : value;
        }
        if (ReferenceEquals(constructor.Reference, realm.Intrinsics.Promise))
            return Value.Object(Resolved(realm, value));
        return PromiseCapability.Create(realm, constructor) is { } capability ? capability.Resolve(realm, value) : Value.Threw;
    }

    /// <summary>Calls the method <c>then</c> of what may be a promise.</summary>
    public static Value InvokeThen(Realm realm, in Value promise, ReadOnlySpan<Value> arguments)
    {
        var then = realm.Get(promise, Names.Then);
        return then.IsThrew ? then : then.IsCallable ? realm.Call(then, promise, arguments) : realm.ThrowTypeError("is not a function");
    }

    /// <summary>The resolve function: adopts promises and other thenables.</summary>
    public static void Resolve(Realm realm, JsPromise promise, in Value value)
    {
        if (!value.IsObject)
        {
            Settle(realm, promise, PromiseState.Fulfilled, value);
            return;
        }
        if (ReferenceEquals(value.Reference, promise))
        {
            Reject(realm, promise, Value.Object(realm.NewError(ErrorType.TypeError, realm.NewText("promise self resolution"))));
            return;
        }
        var then = realm.Get(value, Names.Then);
        if (then.IsThrew)
            Reject(realm, promise, realm.TakeException());
        else if (!then.IsCallable)
            Settle(realm, promise, PromiseState.Fulfilled, value);
        else
            realm.Enqueue(new PromiseJob { Promise = promise, Argument = value, Then = then });
    }

    public static void Reject(Realm realm, JsPromise promise, in Value reason)
    {
        if (promise.State == PromiseState.Pending && !promise.IsHandled)
            realm.NoteUnhandled(promise, reason);
        Settle(realm, promise, PromiseState.Rejected, reason);
    }

    private static void Settle(Realm realm, JsPromise promise, PromiseState state, in Value result)
    {
        if (promise.State != PromiseState.Pending)
            return;
        promise.State = state;
        promise.Result = result;
        if (promise.Reactions is not { } reactions)
            return;
        promise.Reactions = null;
        foreach (var reaction in reactions)
            realm.Enqueue(new PromiseJob { Reaction = reaction, Argument = result, IsRejected = state == PromiseState.Rejected });
    }

    private static void React(Realm realm, JsPromise promise, PromiseReaction reaction)
    {
        realm.Allocate(ReactionCost);
        promise.IsHandled = true;
        if (promise.State == PromiseState.Pending)
            (promise.Reactions ??= new List<PromiseReaction>(1)).Add(reaction);
        else
            realm.Enqueue(new PromiseJob
            {
                Reaction = reaction,
                Argument = promise.Result,
                IsRejected = promise.State == PromiseState.Rejected
            });
    }

    public static JsPromise Then(Realm realm, JsPromise promise, in Value onFulfilled, in Value onRejected)
    {
        var derived = New(realm);
        React(realm, promise, new PromiseReaction { Derived = derived, OnFulfilled = onFulfilled, OnRejected = onRejected });
        return derived;
    }

    /// <summary>The same with what a constructor of the script made.</summary>
    public static Value Then(Realm realm, JsPromise promise, in Value onFulfilled, in Value onRejected, PromiseCapability derived)
    {
        React(realm, promise, new PromiseReaction { Capability = derived, OnFulfilled = onFulfilled, OnRejected = onRejected });
        return derived.Promise;
    }

    /// <summary>Waits for an element of a combination.</summary>
    public static void Combine(Realm realm, JsPromise element, PromiseCombination combination, int index)
    {
        combination.Remaining++;
        React(realm, element, new PromiseReaction { Combination = combination, Index = index });
    }

    public static void Await(Realm realm, in Value value, AsyncRun run) =>
        React(realm, Of(realm, value), new PromiseReaction { Run = run });

    /// <summary>Runs one job. False if it threw: only a function of the script that settles a derived promise can.</summary>
    public static bool Run(Realm realm, in PromiseJob job)
    {
        realm.Charge(1);
        if (job.Reaction is not { } reaction)
        {
            RunThenable(realm, job);
            return true;
        }
        if (reaction.Run is { } run)
        {
            realm.Interpreter.Resume(run, job.Argument, job.IsRejected);
            return true;
        }
        if (reaction.Combination is { } combination)
        {
            RunElement(realm, combination, reaction.Index, job.Argument, job.IsRejected);
            return true;
        }
        var handler = job.IsRejected ? reaction.OnRejected : reaction.OnFulfilled;
        if (!handler.IsCallable)
            return SettleDerived(realm, reaction, job.Argument, job.IsRejected);
        var result = realm.Call(handler, Value.Undefined, [job.Argument]);
        return result.IsThrew
            ? SettleDerived(realm, reaction, realm.TakeException(), isRejected: true)
            : SettleDerived(realm, reaction, result, isRejected: false);
    }

    private static bool SettleDerived(Realm realm, PromiseReaction reaction, in Value value, bool isRejected)
    {
        if (reaction.Capability is { } capability)
            return !(isRejected ? capability.Reject(realm, value) : capability.Resolve(realm, value)).IsThrew;
        if (isRejected)
            Reject(realm, reaction.Derived!, value);
        else
            Resolve(realm, reaction.Derived!, value);
        return true;
    }

    private static void RunThenable(Realm realm, in PromiseJob job)
    {
        var (resolve, reject) = ResolvingFunctions(realm, job.Promise!);
        if (realm.Call(job.Then, job.Argument, [resolve, reject]).IsThrew)
        {
            var exception = realm.TakeException();
            realm.Call(reject, Value.Undefined, [exception]);
        }
    }

    /// <summary>The pair that an executor gets: only the first call of either counts.</summary>
    public static (Value Resolve, Value Reject) ResolvingFunctions(Realm realm, JsPromise promise)
    {
        var latch = new PromiseLatch();
        return (Function(realm, PromiseFunctionKind.Resolve, promise, latch: latch),
            Function(realm, PromiseFunctionKind.Reject, promise, latch: latch));
    }

    public static Value Function(
        Realm realm, PromiseFunctionKind kind, JsPromise? promise = null, Value subject = default, PromiseLatch? latch = null,
        Value constructor = default)
    {
        realm.Allocate(MemoryCost.Function);
        var length = kind is PromiseFunctionKind.ReturnSubject or PromiseFunctionKind.ThrowSubject ? 0 : 1;
        return Value.Object(new PromiseFunction(kind, length, realm.EmptyShape, realm.Intrinsics.FunctionPrototype)
        {
            Promise = promise,
            Subject = subject,
            Latch = latch,
            Constructor = constructor,
        });
    }

    /// <summary>Calls one of the machinery's own functions.</summary>
    public static Value Run(Realm realm, PromiseFunction function, in Value argument)
    {
        if (function.Latch is { } latch)
        {
            if (latch.IsUsed)
                return Value.Undefined;
            latch.IsUsed = true;
        }
        switch (function.Role)
        {
            case PromiseFunctionKind.Resolve:
                Resolve(realm, function.Promise!, argument);
                return Value.Undefined;
            case PromiseFunctionKind.Reject:
                Reject(realm, function.Promise!, argument);
                return Value.Undefined;
            case PromiseFunctionKind.ThenFinally or PromiseFunctionKind.CatchFinally:
                var result = realm.Call(function.Subject, Value.Undefined, []);
                if (result.IsThrew)
                    return result;
                var kind = function.Role == PromiseFunctionKind.ThenFinally
                    ? PromiseFunctionKind.ReturnSubject
                    : PromiseFunctionKind.ThrowSubject;
                var promise = Of(realm, function.Constructor, result);
                return promise.IsThrew ? promise : InvokeThen(realm, promise, [Function(realm, kind, subject: argument)]);
            case PromiseFunctionKind.ReturnSubject:
                return function.Subject;
            default:
                return realm.Throw(function.Subject);
        }
    }

    /// <summary>An element of a combination has settled. The first that decides counts, and the rest change nothing.</summary>
    private static void RunElement(Realm realm, PromiseCombination combination, int index, in Value result, bool isRejected)
    {
        if (combination.IsDecided)
            return;
        var value = result;
        switch (combination.Combinator)
        {
            case Combinator.AllSettled:
                realm.Charge(Price.ObjectMade);
                var entry = realm.NewObject();
                entry.Put(realm, Status, isRejected ? RejectedText : FulfilledText);
                entry.Put(realm, isRejected ? Reason : Names.Value, result);
                value = Value.Object(entry);
                break;
            case Combinator.All or Combinator.Race when isRejected:
                combination.IsDecided = true;
                Reject(realm, combination.Promise, result);
                return;
            case Combinator.Any or Combinator.Race when !isRejected:
                combination.IsDecided = true;
                Resolve(realm, combination.Promise, result);
                return;
        }
        combination.Values.TryPutElement(realm, (uint)index, value);
        Complete(realm, combination);
    }

    /// <summary>One element less to wait for; the last settles the combined promise.</summary>
    public static void Complete(Realm realm, PromiseCombination combination)
    {
        if (--combination.Remaining > 0)
            return;
        combination.IsDecided = true;
        if (combination.Combinator != Combinator.Any)
        {
            Resolve(realm, combination.Promise, Value.Object(combination.Values));
            return;
        }
        var error = realm.NewError(ErrorType.AggregateError, realm.NewText("All promises were rejected"));
        error.Put(realm, Errors, Value.Object(combination.Values), PropertyFlags.Hidden);
        Reject(realm, combination.Promise, Value.Object(error));
    }
}

/// <summary>The job queue of a call.</summary>
internal sealed partial class Realm
{
    private readonly Queue<PromiseJob> _jobs = new();
    private readonly List<JsPromise> _unhandled = [];

    // Beside it: where each was rejected, for the developer.
    private readonly List<(FunctionCode? Code, int Pc)> _rejectedAt = [];

    public void Enqueue(in PromiseJob job)
    {
        Allocate(MemoryCost.Value * 4);
        _jobs.Enqueue(job);
    }

    public void NoteUnhandled(JsPromise promise, in Value reason)
    {
        _unhandled.Add(promise);
        _rejectedAt.Add(Interpreter.PlaceOfRejection(reason));
    }

    /// <summary>Where a promise, or before it another one with the same reason, was rejected.</summary>
    public (FunctionCode? Code, int Pc) PlaceOfRejection(JsPromise promise, in Value reason)
    {
        for (var i = 0; i < _unhandled.Count; i++)
        {
            if (_rejectedAt[i].Code is not null
                && (ReferenceEquals(_unhandled[i], promise) || reason.IsObject && _unhandled[i].Result.IsSame(reason)))
                return _rejectedAt[i];
        }
        return default;
    }

    /// <summary>The pending exception, no longer pending.</summary>
    public Value TakeException()
    {
        var exception = Exception;
        Exception = default;
        return exception;
    }

    /// <summary>Runs jobs until none is left, or until one threw: then false, and the rest never runs.</summary>
    public bool DrainJobs()
    {
        while (_jobs.TryDequeue(out var job))
        {
            if (!Promises.Run(this, job))
                return false;
        }
        return true;
    }

    /// <summary>The first promise that was rejected and has no reaction, except the one that the caller reads itself.</summary>
    public JsPromise? FirstUnhandled(JsPromise? except)
    {
        foreach (var promise in _unhandled)
        {
            if (!promise.IsHandled && !ReferenceEquals(promise, except))
                return promise;
        }
        return null;
    }

    private void ClearJobs()
    {
        _jobs.Clear();
        _unhandled.Clear();
        _rejectedAt.Clear();
        if (_jobs.Capacity > 64)
            _jobs.TrimExcess();
        if (_unhandled.Capacity > 64)
            _unhandled.Capacity = _rejectedAt.Capacity = 0;
    }
}
