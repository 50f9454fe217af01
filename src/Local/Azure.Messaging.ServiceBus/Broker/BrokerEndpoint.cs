namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Where a client's broker lives: the path of a SQLite file, taken from a connection string or a namespace.</summary>
internal sealed record BrokerEndpoint(string Path)
{
    private const string LocalForm = "Endpoint=file:///absolute/path/servicebus.db";

    public string Namespace => new Uri(Path).AbsoluteUri;

    public static BrokerEndpoint FromConnectionString(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        foreach (var pair in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var separator = pair.IndexOf('=');
            if (separator < 0)
                throw new FormatException($"The connection string has a part without '=': it should look like {LocalForm}");
            if (pair[..separator].Trim().Equals("Endpoint", StringComparison.OrdinalIgnoreCase))
                return FromUrl(pair[(separator + 1)..].Trim());
        }
        throw new FormatException($"The connection string names no Endpoint: it should look like {LocalForm}");
    }

    public static BrokerEndpoint FromNamespace(string fullyQualifiedNamespace)
    {
        ArgumentException.ThrowIfNullOrEmpty(fullyQualifiedNamespace);
        return FromUrl(fullyQualifiedNamespace);
    }

    private static BrokerEndpoint FromUrl(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsFile && uri.AbsolutePath.Length > 1
            ? new BrokerEndpoint(System.IO.Path.GetFullPath(uri.LocalPath))
            : throw new NotSupportedException(
                $"This build reaches Service Bus in a local file only, by {LocalForm} (or that file URL as the namespace); " +
                $"'{url}' is no file URL. Build with -p:BuildFor=azure to reach a namespace in Azure.");
}
