namespace Microsoft.Azure.Functions.Worker.Invocation;

/// <summary>A parameter's value, or that there is none.</summary>
internal readonly record struct BoundValue(bool Found, object? Value)
{
    public static BoundValue None => default;

    public static BoundValue Of(object? value) => new(true, value);
}
