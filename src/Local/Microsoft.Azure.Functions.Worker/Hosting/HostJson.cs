using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>host.json, each of whose settings an app setting <c>AzureFunctionsJobHost__…</c> overrides.</summary>
internal sealed class HostJson
{
    private readonly IConfiguration _settings;

    private HostJson(IConfiguration settings) => _settings = settings;

    public IConfiguration Logging => _settings.GetSection("logging");

    /// <summary>How long a function may run before its token is cancelled; null for no limit.</summary>
    public TimeSpan? FunctionTimeout =>
        _settings["functionTimeout"] is { Length: > 0 } text && text != "-1" ? _settings.GetValue<TimeSpan>("functionTimeout") : null;

    public static HostJson Load(string root, IConfiguration configuration)
    {
        var path = Path.Combine(root, "host.json");
        var settings = new ConfigurationBuilder()
            .AddJsonFile(path, optional: true, reloadOnChange: false)
            .AddConfiguration(configuration.GetSection("AzureFunctionsJobHost"))
            .Build();
        if (File.Exists(path) && settings["version"] is var version && version != "2.0")
        {
            throw new InvalidOperationException(
                $"{path} has version '{version}'; this host reads version \"2.0\". Put \"version\": \"2.0\" at its top.");
        }
        return new HostJson(settings);
    }

    public IConfiguration Extension(string name) => _settings.GetSection("extensions").GetSection(name);
}
