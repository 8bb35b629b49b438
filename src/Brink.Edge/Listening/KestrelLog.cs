using Brink.Edge.Admission;
using Brink.Edge.Logs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Brink.Edge.Listening;

/// <summary>
/// Kestrel's own log, reduced to two kinds of lines: a request that it refused (an empty 400 or a reset stream, which never
/// reaches the pipeline), and a fault of its own.
/// </summary>
/// <param name="log">The edge's own.</param>
/// <param name="counters">What is counted of slow viewers.</param>
internal sealed class KestrelLog(IAccessLog log, DoorCounters counters) : ILoggerFactory
{
    private const string Server = "Microsoft.AspNetCore.Server.Kestrel";

    public ILogger CreateLogger(string categoryName) => categoryName switch
    {
        Server + ".BadRequests" => new BadRequests(log, counters),
        Server + ".Http2" => new BadFrames(log),
        Server => new Faults(log),
        _ => NullLogger.Instance,
    };

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Kestrel logs here only");

    public void Dispose() { }

    private sealed class BadRequests(IAccessLog log, DoorCounters counters) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // The category also reports connections that were reset, which are no bad requests.
            switch (eventId.Name)
            {
                case "ConnectionBadRequest":
                    if (exception is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout })
                        counters.CountSlowHead();
                    log.Refused(exception?.Message ?? formatter(state, exception));
                    break;
                case "RequestBodyMinimumDataRateNotSatisfied":
                    counters.CountSlowBody();
                    break;
                case "ResponseMinimumDataRateNotSatisfied":
                    counters.CountSlowReader();
                    break;
                default:
                    break;
            }
        }
    }

    private sealed class BadFrames(IAccessLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        // Not at level Trace: there Kestrel reports every frame.
        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Debug && log is not NoAccessLog;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            switch (eventId.Name)
            {
                case "Http2ConnectionError" or "Http2StreamError" or "HPackDecodingError":
                    log.Refused(exception?.Message ?? formatter(state, exception));
                    break;
                // A stream that was reset here: for what the viewer sent, or because its body broke off,
                // which the access log reports already.
                case "Http2StreamResetAbort"
                    when formatter(state, exception) is var text && text.Contains("PROTOCOL_ERROR", StringComparison.Ordinal):
                    log.Refused(exception?.Message ?? text);
                    break;
                default:
                    break;
            }
        }
    }

    private sealed class Faults(IAccessLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        // Kestrel asks at level Information whether its refusals may quote the request.
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // When a viewer leaves within the body, its reader cannot be drained. Kestrel then closes the
            // connection, which is no longer in use.
            if (logLevel >= LogLevel.Error && eventId.Name != "RequestBodyDrainBodyReaderInvalidState")
                log.Faulted("", exception ?? new InvalidOperationException(formatter(state, exception)));
        }
    }
}
