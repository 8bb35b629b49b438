using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Programs;

/// <summary>Reads what a call returned. A struct or class of the host; see <see cref="ResultReading.Read"/>.</summary>
public interface IResultReader
{
    /// <summary>Reads the value; false as soon as something in it was <see cref="ScriptValue.IsThrew"/>.</summary>
    bool Read(ScriptValue result);
}

/// <summary>How the reading of a result ended. Getters of the script run on the same budgets as the call.</summary>
/// <param name="Status">Returned, or why the reading did not end.</param>
/// <param name="Error">What a getter threw, or null.</param>
/// <param name="StepsUsed">Units of the call and of the reading together.</param>
/// <param name="Fault">A fault of the engine or of the reader, for the operator's log; null if there was none.</param>
/// <param name="StoppedAt">Where the call was when a budget ended it; null if that is not known.</param>
public readonly record struct ReadingEnd(
    CallStatus Status, ScriptError? Error, long StepsUsed, Exception? Fault = null, ScriptError? StoppedAt = null);

/// <summary>The reading of results.</summary>
public static class ResultReading
{
    /// <summary>Lets a reader look at the value that the handler returned. Only for a call that returned.</summary>
    public static ReadingEnd Read<TReader>(this in CallResult result, TReader reader) where TReader : IResultReader
    {
        var realm = result.Realm ?? throw new InvalidOperationException("the call has ended");
        var before = realm.StepsLeft;
        try
        {
            if (reader.Read(result.Value))
                return new ReadingEnd(CallStatus.Returned, null, result.StepsUsed + (before - realm.StepsLeft));
            var exception = realm.TakeException();
            var error = realm.Interpreter.Describe(exception, realm.DescribeThrown(exception));
            return new ReadingEnd(CallStatus.Threw, error, result.StepsUsed + (before - realm.StepsLeft));
        }
        catch (ScriptStopped stopped)
        {
            var status = stopped.Reason == StopReason.OverCompute ? CallStatus.OverCompute : CallStatus.OverMemory;
            return new ReadingEnd(status, null, result.StepsUsed + before);
        }
        catch (Exception fault)
        {
            // A bug of ours: this request gets an error, the state is dropped, the log gets the exception.
            RealmPool.Drop(realm);
            return new ReadingEnd(
                CallStatus.Threw, new ScriptError("InternalError: internal error", 0, 0, null, []), result.StepsUsed, fault);
        }
    }
}
