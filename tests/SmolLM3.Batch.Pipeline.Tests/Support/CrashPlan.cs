using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Messaging.ServiceBus;

namespace SmolLM3.Batch.Pipeline.Tests.Support;

/// <summary>The process died here.</summary>
internal sealed class CrashException : Exception;

/// <summary>
/// Counts the effects of a process on the outside world, its blob writes and its sends, and kills it at one of them: right before the
/// effect, or right after it and before anyone heard. A dead process has no more effects.
/// </summary>
internal sealed class CrashPlan(int? crashAt, bool afterEffect, CancellationTokenSource? onCrash = null)
{
    private int _effects;
    private volatile bool _dead;

    public int Effects => _effects;

    public bool Crashed => _dead;

    public List<string> Log { get; } = [];

    public async Task<T> EffectAsync<T>(string name, Func<Task<T>> effect)
    {
        if (_dead)
            throw new CrashException();
        var number = Interlocked.Increment(ref _effects);
        lock (Log)
            Log.Add($"{number} {name}");
        if (number == crashAt && !afterEffect)
            throw Die();
        var result = await effect();
        if (number == crashAt)
            throw Die();
        return result;
    }

    public void CheckAlive()
    {
        if (_dead)
            throw new CrashException();
    }

    private CrashException Die()
    {
        _dead = true;
        onCrash?.Cancel();
        return new CrashException();
    }
}

/// <summary>Puts a plan into the blob client.</summary>
internal sealed class CrashPolicy(CrashPlan plan) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        plan.CheckAlive();
        if (message.Request.Method == RequestMethod.Get || message.Request.Method == RequestMethod.Head)
        {
            await ProcessNextAsync(message, pipeline);
            return;
        }
        await plan.EffectAsync($"{message.Request.Method} {message.Request.Uri.Path}", async () =>
        {
            await ProcessNextAsync(message, pipeline);
            return true;
        });
    }
}

/// <summary>Puts a plan into the sender.</summary>
internal sealed class CrashSender(IMessageSender inner, CrashPlan plan) : IMessageSender
{
    public Task SendAsync(string queue, ServiceBusMessage message, CancellationToken cancellationToken = default) =>
        plan.EffectAsync($"SEND {queue}", async () =>
        {
            await inner.SendAsync(queue, message, cancellationToken);
            return true;
        });
}
