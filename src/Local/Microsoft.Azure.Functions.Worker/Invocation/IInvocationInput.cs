using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Invocation;

/// <summary>What a trigger gives to an invocation.</summary>
internal interface IInvocationInput
{
    /// <summary>Values that parameters take by name: route values, message properties.</summary>
    IReadOnlyDictionary<string, object?> BindingData { get; }

    /// <summary>Why the function runs, for the log.</summary>
    string Reason { get; }

    /// <summary>The value of a parameter that takes it by its type or its trigger attribute.</summary>
    ValueTask<BoundValue> BindAsync(ParameterInfo parameter, bool isTrigger, FunctionContext context);
}
