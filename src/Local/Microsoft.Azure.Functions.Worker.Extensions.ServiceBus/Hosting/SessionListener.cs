using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>A function for each message of a queue with sessions, in order within each.</summary>
internal sealed class SessionListener : ServiceBusListener
{
    private readonly ServiceBusSessionProcessor _processor;

    public SessionListener(
        FunctionMethod function, ServiceBusClient client, string entityPath, bool autoComplete, ServiceBusHostOptions options,
        FunctionInvoker invoker, ILogger logger)
        : base(function, invoker, logger)
    {
        _processor = client.CreateSessionProcessor(entityPath, new ServiceBusSessionProcessorOptions
        {
            AutoCompleteMessages = autoComplete,
            MaxConcurrentSessions = options.MaxConcurrentSessions,
            MaxConcurrentCallsPerSession = options.MaxConcurrentCallsPerSession,
            MaxAutoLockRenewalDuration = options.MaxAutoLockRenewalDuration,
            SessionIdleTimeout = options.SessionIdleTimeout,
            PrefetchCount = options.PrefetchCount,
        });
        _processor.ProcessMessageAsync += args =>
            InvokeAsync(new ServiceBusInput(entityPath, [args.Message], batched: false, MessageSettlement.Through(args), args));
        _processor.ProcessErrorAsync += OnErrorAsync;
    }

    public override Task StartAsync(CancellationToken cancellationToken) => _processor.StartProcessingAsync(cancellationToken);

    protected override async Task StopReceivingAsync() => await _processor.DisposeAsync().ConfigureAwait(false);
}
