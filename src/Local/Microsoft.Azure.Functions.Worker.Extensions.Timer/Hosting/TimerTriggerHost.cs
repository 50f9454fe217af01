using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Timer;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.DependencyInjection;

[assembly: TriggerExtension(typeof(TimerTriggerAttribute), typeof(TimerTriggerHost))]

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>Keeps the time for the functions with a timer trigger.</summary>
internal sealed class TimerTriggerHost(SettingResolver settings, FunctionInvoker invoker, IServiceProvider services) : TriggerHost
{
    private readonly List<TimerListener> _listeners = [];

    public override Task StartAsync(IReadOnlyList<FunctionMethod> functions, CancellationToken cancellationToken)
    {
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _listeners.AddRange(functions.Select(function => new TimerListener(function, Schedule(function), invoker, time)).ToList());
        _listeners.ForEach(listener => listener.Start());
        return Task.CompletedTask;
    }

    public override Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_listeners.Select(listener => listener.StopAsync(cancellationToken)));

    private TimerSchedule Schedule(FunctionMethod function)
    {
        try
        {
            return TimerSchedule.Parse(settings.Resolve(((TimerTriggerAttribute)function.Trigger).Schedule));
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            throw new InvalidOperationException($"The function '{function.Name}' is in error: {failure.Message}", failure);
        }
    }
}
