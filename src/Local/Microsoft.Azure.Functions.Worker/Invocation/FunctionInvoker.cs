using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Azure.Functions.Worker.Hosting;

namespace Microsoft.Azure.Functions.Worker.Invocation;

/// <summary>Runs functions: a service scope, the middleware, the arguments, the method, and the two lines the host logs.</summary>
internal sealed class FunctionInvoker(IServiceScopeFactory scopes, InvocationPipeline pipeline, HostJson hostJson, ILoggerFactory loggers)
{
    private static readonly ActivitySource Activities = new("Microsoft.Azure.Functions.Worker");

    /// <param name="function">What runs.</param>
    /// <param name="input">What triggered it.</param>
    /// <param name="cancellationToken">Told to the function; it decides what to make of it.</param>
    /// <param name="prepare">Completes the context before anything runs.</param>
    /// <param name="finish">Uses the result while the scope is alive.</param>
    public async Task InvokeAsync(
        FunctionMethod function, IInvocationInput input, CancellationToken cancellationToken,
        Action<FunctionContext>? prepare = null, Func<FunctionContext, object?, Task>? finish = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (hostJson.FunctionTimeout is { } limit)
            timeout.CancelAfter(limit);
        await using var scope = scopes.CreateAsyncScope();
        var context = new InvocationContext(function, input, scope.ServiceProvider, timeout.Token);
        using var activity = Activities.StartActivity($"function {function.Name}", ActivityKind.Internal);
        activity?.SetTag("faas.invocation_id", context.InvocationId);

        var logger = loggers.CreateLogger($"Function.{function.Name}");
        using var logScope = logger.BeginScope(
            new Dictionary<string, object> { ["FunctionName"] = function.Name, ["InvocationId"] = context.InvocationId });
        logger.Executing(function.Name, input.Reason, context.InvocationId);
        var started = Stopwatch.GetTimestamp();
        try
        {
            prepare?.Invoke(context);
            await pipeline.Around(ExecuteAsync)(context).ConfigureAwait(false);
            if (finish is not null)
                await finish(context, context.Result).ConfigureAwait(false);
            logger.Succeeded(function.Name, context.InvocationId, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            logger.Failed(failure, function.Name, context.InvocationId, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            throw;
        }
    }

    private static async Task ExecuteAsync(FunctionContext functionContext)
    {
        var context = (InvocationContext)functionContext;
        var method = context.Function.Method;
        var arguments = await ParameterBinder.BindAsync(context).ConfigureAwait(false);
        var instance = method.IsStatic ? null : ActivatorUtilities.CreateInstance(context.InstanceServices, method.DeclaringType!);
        try
        {
            context.Result = await AwaitAsync(
                method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null), method.ReturnType).ConfigureAwait(false);
        }
        finally
        {
            if (instance is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync().ConfigureAwait(false);
            else
                (instance as IDisposable)?.Dispose();
        }
    }

    private static async Task<object?> AwaitAsync(object? returned, Type returnType)
    {
        switch (returned)
        {
            case ValueTask done:
                await done.ConfigureAwait(false);
                return null;
            case Task task:
                await task.ConfigureAwait(false);
                return returnType.IsGenericType ? ((dynamic)task).Result : null;
            case not null when returnType.IsGenericType && returnType.GetGenericTypeDefinition() == typeof(ValueTask<>):
                return await AwaitAsync(
                    returnType.GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(returned, null), typeof(Task<>)).ConfigureAwait(false);
            default:
                return returned;
        }
    }
}
