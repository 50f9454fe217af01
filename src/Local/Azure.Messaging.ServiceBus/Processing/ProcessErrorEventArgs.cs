namespace Azure.Messaging.ServiceBus;

public sealed class ProcessErrorEventArgs : EventArgs
{
    public ProcessErrorEventArgs(
        Exception exception, ServiceBusErrorSource errorSource, string fullyQualifiedNamespace, string entityPath,
        CancellationToken cancellationToken)
        : this(exception, errorSource, fullyQualifiedNamespace, entityPath, "", cancellationToken)
    {
    }

    public ProcessErrorEventArgs(
        Exception exception, ServiceBusErrorSource errorSource, string fullyQualifiedNamespace, string entityPath, string identifier,
        CancellationToken cancellationToken)
    {
        Exception = exception;
        ErrorSource = errorSource;
        FullyQualifiedNamespace = fullyQualifiedNamespace;
        EntityPath = entityPath;
        Identifier = identifier;
        CancellationToken = cancellationToken;
    }

    public Exception Exception { get; }

    public ServiceBusErrorSource ErrorSource { get; }

    public string FullyQualifiedNamespace { get; }

    public string EntityPath { get; }

    public string Identifier { get; }

    public CancellationToken CancellationToken { get; }
}
