using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>Receives for one function. How messages are settled follows the host: success completes, an exception abandons.</summary>
internal abstract partial class ServiceBusListener(FunctionMethod function, FunctionInvoker invoker, ILogger logger)
{
    private readonly CancellationTokenSource _givingUp = new();
    private string? _lastError;

    /// <summary>Cancelled when the time for an orderly stop is over.</summary>
    protected CancellationToken GivingUp => _givingUp.Token;

    public abstract Task StartAsync(CancellationToken cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await using (cancellationToken.Register(_givingUp.Cancel))
            await StopReceivingAsync().ConfigureAwait(false);
        _givingUp.Dispose();
    }

    /// <summary>Stops receiving and returns when no invocation runs any more.</summary>
    protected abstract Task StopReceivingAsync();

    /// <summary>
    /// Runs the function. One that does not end when it is given up is left behind, and the exception thrown then makes the
    /// caller abandon its messages while there is still time.
    /// </summary>
    protected Task InvokeAsync(ServiceBusInput input) => invoker.InvokeAsync(function, input, GivingUp).WaitAsync(GivingUp);

    protected Task OnErrorAsync(ProcessErrorEventArgs args)
    {
        // The invocation has logged its own failure.
        if (args.ErrorSource != ServiceBusErrorSource.ProcessMessageCallback)
            Report(args.Exception, args.ErrorSource.ToString(), args.EntityPath);
        return Task.CompletedTask;
    }

    protected void Report(Exception failure, string action, string entityPath)
    {
        // A missing queue fails again every second; once is enough to say so.
        var error = $"{action} {entityPath} {failure.Message}";
        if (Interlocked.Exchange(ref _lastError, error) != error)
            LogError(logger, failure is ServiceBusException ? null : failure, action, entityPath, failure.Message);
    }

    // What Service Bus reports says its cause; a stack trace of the broker's would only hide it.
    [LoggerMessage(LogLevel.Error, "Message processing error (Action={Action}, EntityPath={EntityPath}): {Message}")]
    private static partial void LogError(ILogger logger, Exception? failure, string action, string entityPath, string message);
}
