using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Invocation;

internal static partial class InvocationLog
{
    [LoggerMessage(1, LogLevel.Information, "Executing 'Functions.{Name}' (Reason='{Reason}', Id={Id})")]
    public static partial void Executing(this ILogger logger, string name, string reason, string id);

    [LoggerMessage(2, LogLevel.Information, "Executed 'Functions.{Name}' (Succeeded, Id={Id}, Duration={Duration:F0}ms)")]
    public static partial void Succeeded(this ILogger logger, string name, string id, double duration);

    [LoggerMessage(3, LogLevel.Error, "Executed 'Functions.{Name}' (Failed, Id={Id}, Duration={Duration:F0}ms)")]
    public static partial void Failed(this ILogger logger, Exception failure, string name, string id, double duration);
}
