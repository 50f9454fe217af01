using System.Reflection;
using Microsoft.Azure.Functions.Worker.Invocation;

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

internal sealed class TimerInput(TimerInfo info, DateTimeOffset time) : IInvocationInput
{
    public IReadOnlyDictionary<string, object?> BindingData { get; } = new Dictionary<string, object?>();

    public string Reason => $"Timer fired at {time:O}";

    public ValueTask<BoundValue> BindAsync(ParameterInfo parameter, bool isTrigger, FunctionContext context)
    {
        if (!isTrigger)
            return ValueTask.FromResult(BoundValue.None);
        return parameter.ParameterType == typeof(TimerInfo)
            ? ValueTask.FromResult(BoundValue.Of(info))
            : throw new NotSupportedException("A timer trigger binds to TimerInfo.");
    }
}
