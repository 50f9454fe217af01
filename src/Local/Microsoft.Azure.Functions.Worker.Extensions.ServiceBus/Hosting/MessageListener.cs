using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>A function for each message of a queue without sessions.</summary>
internal sealed class MessageListener : ServiceBusListener
{
    private readonly ServiceBusProcessor _processor;

    public MessageListener(
        FunctionMethod function, ServiceBusClient client, string entityPath, bool autoComplete, ServiceBusHostOptions options,
        FunctionInvoker invoker, ILogger logger)
        : base(function, invoker, logger)
    {
        _processor = client.CreateProcessor(entityPath, new ServiceBusProcessorOptions
        {
            AutoCompleteMessages = autoComplete,
            MaxConcurrentCalls = options.MaxConcurrentCalls,
            MaxAutoLockRenewalDuration = options.MaxAutoLockRenewalDuration,
            PrefetchCount = options.PrefetchCount,
        });
        _processor.ProcessMessageAsync += args =>
            InvokeAsync(new ServiceBusInput(entityPath, [args.Message], batched: false, MessageSettlement.Through(args)));
        _processor.ProcessErrorAsync += OnErrorAsync;
    }

    public override Task StartAsync(CancellationToken cancellationToken) => _processor.StartProcessingAsync(cancellationToken);

    protected override async Task StopReceivingAsync() => await _processor.DisposeAsync().ConfigureAwait(false);
}
