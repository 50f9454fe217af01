namespace Azure.Messaging.ServiceBus;

/// <summary>The one handler that a processor's event takes, with the real processor's complaints about none or two.</summary>
internal sealed class HandlerSlot<TArgs>(string name)
{
    private Func<TArgs, Task>? _handler;

    public bool IsSet => _handler is not null;

    public void Add(Func<TArgs, Task>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler, name);
        if (_handler is not null)
            throw new NotSupportedException($"Another handler has already been assigned to {name}; there can be only one.");
        _handler = handler;
    }

    public void Remove(Func<TArgs, Task>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler, name);
        if (_handler != handler)
            throw new ArgumentException($"This handler has not been assigned to {name} previously.", name);
        _handler = null;
    }

    public void Require()
    {
        if (_handler is null)
            throw new InvalidOperationException($"Cannot begin processing without {name} handler set.");
    }

    public Task InvokeAsync(TArgs args) => _handler?.Invoke(args) ?? Task.CompletedTask;
}
