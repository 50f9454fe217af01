using System.Reflection;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>The Functions host: finds the functions, listens for their triggers, lists them, and stops in order.</summary>
internal sealed partial class FunctionsHostService(
    FunctionsAssembly assembly, IServiceProvider services, ILogger<FunctionsHostService> logger)
    : IHostedService
{
    private readonly List<TriggerHost> _started = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var functions = FunctionDiscovery.Find(assembly.Assembly);
        if (functions.Count == 0)
            LogNoFunctions(assembly.Assembly.GetName().Name);

        try
        {
            await StartAsync(functions, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The application ends by this, and what has started already must not be left holding messages.
            await StopAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // A host may be stopped twice: by a failed start or by hand, and again when it is disposed.
        var stopping = _started.ToList();
        _started.Clear();
        return Task.WhenAll(stopping.Select(host => host.StopAsync(cancellationToken)));
    }

    private async Task StartAsync(IReadOnlyList<FunctionMethod> functions, CancellationToken cancellationToken)
    {
        var lines = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var group in functions.GroupBy(function => function.Trigger.GetType()))
        {
            var host = CreateHost(group.Key);
            _started.Add(host);
            await host.StartAsync([.. group], cancellationToken).ConfigureAwait(false);
            foreach (var function in group)
                lines.Add(function.Name, host.Describe(function));
        }
        await Console.Out.WriteLineAsync(List(lines)).ConfigureAwait(false);
    }

    private static string List(SortedDictionary<string, string> functions) =>
        functions.Count == 0
            ? ""
            : $"{Environment.NewLine}Functions:{Environment.NewLine}{Environment.NewLine}"
              + string.Concat(
                  functions.Select(function => $"        {function.Key}: {function.Value}{Environment.NewLine}{Environment.NewLine}"));

    private TriggerHost CreateHost(Type trigger)
    {
        var extension = trigger.Assembly.GetCustomAttributes<TriggerExtensionAttribute>()
            .FirstOrDefault(candidate => candidate.Trigger == trigger)
            ?? throw new NotSupportedException($"The local Functions host knows no trigger {trigger.Name}.");
        return (TriggerHost)ActivatorUtilities.CreateInstance(services, extension.Host);
    }

    [LoggerMessage(LogLevel.Warning, "No functions found in '{Assembly}'. Try making your function classes and methods public.")]
    private partial void LogNoFunctions(string? assembly);
}
