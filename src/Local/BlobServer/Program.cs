using Microsoft.Extensions.Configuration;
using SmolLM3.Local.BlobServer;
using SmolLM3.Local.BlobServer.Events;

IConfiguration configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
var section = configuration.GetSection("BlobServer");
var options = new BlobServerOptions
{
    Folder = section["Folder"] ?? throw new ArgumentException("Say which folder to serve: --BlobServer:Folder=PATH."),
    Port = section.GetValue("Port", 10000),
    Account = section["Account"] ?? BlobServerOptions.WellKnownAccount,
    Key = section["Key"] ?? BlobServerOptions.WellKnownKey,
    Containers = Names("Containers") ?? [],
    AnnouncedContainers = Names("AnnouncedContainers") ?? ["documents"],
};

await using ServiceBusBlobEventSink? sink = configuration["ServiceBus"] is { Length: > 0 } connection
    ? new ServiceBusBlobEventSink(connection, section["Queue"] ?? "uploads")
    : null;
await using BlobServerHost server = await BlobServerHost.StartAsync(options, sink);
Console.WriteLine($"Blobs of {Path.GetFullPath(options.Folder)} at {server.Endpoint}");
await server.WaitForShutdownAsync();
return 0;

string[]? Names(string key) => section[key]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
