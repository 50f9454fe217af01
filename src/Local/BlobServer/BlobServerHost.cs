using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmolLM3.Local.BlobServer.Events;
using SmolLM3.Local.BlobServer.Operations;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer;

/// <summary>A running blob server; as a process of its own, or inside a test.</summary>
public sealed class BlobServerHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly BlobServerOptions _options;
    private readonly FileStream _lock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _background;
    private int _disposed;

    private BlobServerHost(
        WebApplication application, BlobServerOptions options, FileStream folderLock, Uri endpoint, Func<Uri, CancellationToken,
        Task> background)
    {
        _application = application;
        _options = options;
        _lock = folderLock;
        Endpoint = endpoint;
        _background = background(endpoint, _stopping.Token);
    }

    /// <summary>With the account, as in <c>http://127.0.0.1:10000/devstoreaccount1</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>What <c>new BlobServiceClient(...)</c> takes.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={_options.Account};AccountKey={_options.Key};BlobEndpoint={Endpoint};";

    /// <summary>Starts serving a folder.</summary>
    /// <param name="sink">Takes the BlobCreated events; with none, they are kept in the outbox for a later start that has one.</param>
    public static Task<BlobServerHost> StartAsync(
        string folder, int port = 0, IBlobEventSink? sink = null, CancellationToken cancellationToken = default) =>
        StartAsync(new BlobServerOptions { Folder = folder, Port = port }, sink, cancellationToken: cancellationToken);

    /// <inheritdoc cref="StartAsync(string, int, IBlobEventSink?, CancellationToken)"/>
    public static async Task<BlobServerHost> StartAsync(
        BlobServerOptions options, IBlobEventSink? sink = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        time ??= TimeProvider.System;
        var layout = new FolderLayout(options.Folder);
        FileStream folderLock = Lock(layout);
        try
        {
            var stamps = new Stamps(time);
            var outbox = new EventOutbox(layout, stamps, options.AnnouncedContainers);
            var blobs = new BlobStore(layout, stamps, outbox);
            var containers = new ContainerStore(layout, stamps, blobs.Structure);
            var walker = new BlobWalker(layout, blobs.ReadRecord);
            Recovery.Run(layout, blobs, containers);
            outbox.Recover(blob => blobs.ReadRecord(layout.Record(blob))?.ETag);
            foreach (string container in options.Containers.Where(container => !blobs.ContainerExists(container)))
                containers.Create(container, [], publicAccess: null);

            WebApplication application = Build(options);
            ILogger logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("SmolLM3.Local.BlobServer");
            var endpoint = new BlobEndpoint(
                new Dispatcher(blobs, containers, walker, time), containers, new SharedKeySignature(options.Account, options.Key),
                layout.Root, logger);
            application.Run(endpoint.HandleAsync);
            await application.StartAsync(cancellationToken).ConfigureAwait(false);

            var watcher = new FolderWatcher(blobs, walker, options, time, logger);
            return new BlobServerHost(
                application, options, folderLock, new Uri($"{Address(application)}/{options.Account}"),
                (uri, stopping) => Task.WhenAll(
                    watcher.RunAsync(stopping),
                    sink is null ? Task.CompletedTask : new Announcer(outbox, sink, options, uri, time, logger).RunAsync(stopping)));
        }
        catch
        {
            await folderLock.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Returns when the process is asked to stop, or when the background work broke down.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken = default)
    {
        Task shutdown = _application.WaitForShutdownAsync(cancellationToken);
        await (await Task.WhenAny(shutdown, _background).ConfigureAwait(false)).ConfigureAwait(false);
        await shutdown.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await _background.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Asked for above.
        }

        await _application.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static WebApplication Build(BlobServerOptions options)
    {
        WebApplicationBuilder builder =
            WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        return builder.Build();
    }

    private static string Address(WebApplication application) =>
        application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();

    /// <summary>One server to a folder: the locks that make writes atomic are this process's own.</summary>
    private static FileStream Lock(FolderLayout layout)
    {
        Directory.CreateDirectory(layout.Meta);
        try
        {
            return new FileStream(layout.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"Another blob server already serves {layout.Root}. Stop it, or choose another folder.", error);
        }
    }
}
