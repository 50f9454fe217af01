using System.Diagnostics;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Carries W3C trace context across queues, in the property that the Azure SDKs use.</summary>
public static class TraceContext
{
    /// <summary>Name of the application property.</summary>
    public const string Property = "Diagnostic-Id";

    /// <summary>The context of what is running now, or null.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    /// <summary>
    /// Starts an activity as a child of <paramref name="traceParent"/>, or of what is running now where that is null or unreadable.
    /// </summary>
    public static Activity? Start(string name, ActivityKind kind, string? traceParent) =>
        traceParent is not null && ActivityContext.TryParse(traceParent, null, isRemote: true, out var context)
            ? PipelineTelemetry.Source.StartActivity(name, kind, context)
            : PipelineTelemetry.Source.StartActivity(name, kind);
}
