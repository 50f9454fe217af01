using Microsoft.Extensions.Logging;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Events;

/// <summary>
/// Notices files that people drop into a watched container, and takes each as an upload once two looks in a row found it the same.
/// Polling, because change notifications are lost on network shares and under load.
/// </summary>
internal sealed partial class FolderWatcher(
    BlobStore blobs, BlobWalker walker, BlobServerOptions options, TimeProvider time, ILogger logger)
{
    private readonly Dictionary<BlobAddress, (FileFacts Facts, bool Settled)> _seen = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.WatchInterval, time);
        do
        {
            try
            {
                await LookAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                LogFailure(error);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var present = new HashSet<BlobAddress>();
        foreach (string container in options.AnnouncedContainers.Where(blobs.ContainerExists))
        {
            foreach (string name in walker.Names(container, "", ""))
            {
                var blob = new BlobAddress(container, name);
                present.Add(blob);
                await LookAtAsync(blob, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (BlobAddress gone in _seen.Keys.Where(blob => !present.Contains(blob)).ToList())
            _seen.Remove(gone);
    }

    private async Task LookAtAsync(BlobAddress blob, CancellationToken cancellationToken)
    {
        if (blobs.Layout.PlainFile(blob) is not { } path || FileFacts.Of(path) is not { } facts)
            return;
        if (!_seen.TryGetValue(blob, out var before) || before.Facts != facts)
        {
            bool known = await blobs.FindAsync(blob, cancellationToken).ConfigureAwait(false) is { Recorded: true } view
                && view.Record.File == facts;
            _seen[blob] = (facts, known);
        }
        else if (!before.Settled)
        {
            await blobs.AdoptAsync(blob, facts, cancellationToken).ConfigureAwait(false);
            _seen[blob] = (facts, true);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Could not look through a watched folder; looking again later.")]
    private partial void LogFailure(Exception error);
}
