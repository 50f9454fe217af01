using System.ComponentModel;
using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Invocation;

/// <summary>Finds the arguments of a function: the context and its token, the trigger's values, then its data by name.</summary>
internal static class ParameterBinder
{
    public static async ValueTask<object?[]> BindAsync(InvocationContext context)
    {
        var parameters = context.Function.Method.GetParameters();
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
            arguments[i] = await BindAsync(parameters[i], context).ConfigureAwait(false);
        return arguments;
    }

    private static async ValueTask<object?> BindAsync(ParameterInfo parameter, InvocationContext context)
    {
        var type = parameter.ParameterType;
        if (type == typeof(FunctionContext))
            return context;
        if (type == typeof(CancellationToken))
            return context.CancellationToken;

        var isTrigger = parameter == context.Function.TriggerParameter;
        try
        {
            var bound = await context.Input.BindAsync(parameter, isTrigger, context).ConfigureAwait(false);
            if (bound.Found)
                return bound.Value;
            if (context.BindingContext.BindingData.TryGetValue(parameter.Name!, out var data) && data is not null)
                return Convert(data, type);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new FunctionInputConverterException(
                $"Cannot convert the input for parameter '{parameter.Name}' of function '{context.Function.Name}' to type '{type}': {failure.Message}", failure);
        }

        if (parameter.HasDefaultValue)
            return parameter.DefaultValue;
        if (!isTrigger && (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null))
            return null;
        throw new FunctionInputConverterException(
            $"Cannot convert the input for parameter '{parameter.Name}' of function '{context.Function.Name}' to type '{type}': the trigger has no such value.");
    }

    private static object? Convert(object data, Type type)
    {
        if (type.IsInstanceOfType(data))
            return data;
        return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(
            System.Convert.ToString(data, System.Globalization.CultureInfo.InvariantCulture)!);
    }
}
