using System.Diagnostics;

namespace Microsoft.Azure.Functions.Worker.Invocation;

/// <summary>The context of one invocation in its own service scope.</summary>
internal sealed class InvocationContext : FunctionContext
{
    public InvocationContext(
        FunctionMethod function, IInvocationInput input, IServiceProvider services, CancellationToken cancellationToken)
    {
        Function = function;
        Input = input;
        BindingContext = new InputBindingContext(input);
        InstanceServices = services;
        CancellationToken = cancellationToken;
    }

    public FunctionMethod Function { get; }

    public IInvocationInput Input { get; }

    /// <summary>What the function returned.</summary>
    public object? Result { get; set; }

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => Function.Id;

    public override TraceContext TraceContext { get; } = new CurrentTraceContext();

    public override BindingContext BindingContext { get; }

    public override RetryContext RetryContext { get; } = new NoRetryContext();

    public override IServiceProvider InstanceServices { get; set; }

    public override FunctionDefinition FunctionDefinition => Function;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features { get; } = new InvocationFeatures();

    public override CancellationToken CancellationToken { get; }

    private sealed class InputBindingContext(IInvocationInput input) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => input.BindingData;
    }

    private sealed class CurrentTraceContext : TraceContext
    {
        public override string TraceParent { get; } = Activity.Current?.Id ?? "";

        public override string TraceState { get; } = Activity.Current?.TraceStateString ?? "";
    }

    // The local host repeats by message delivery only; retry policies are not among the attributes it knows.
    private sealed class NoRetryContext : RetryContext
    {
        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }
}
