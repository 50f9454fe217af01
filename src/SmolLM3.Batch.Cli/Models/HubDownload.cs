using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmolLM3.Batch.Cli.Models;

/// <summary>
/// Downloads a checkpoint. A file arrives as <c>NAME.part</c>, continues from there after an interruption, and takes its own name only
/// when its hash equals the hub's.
/// </summary>
internal sealed class HubDownload(HubClient hub, string repository)
{
    private const int BufferSize = 1 << 20;
    private const int Attempts = 5;

    /// <summary>Files that inference reads; the rest of a repository (other frameworks' weights, pictures) stays there.</summary>
    public static bool IsNeeded(HubFile file) =>
        !file.Path.Contains('/') && Path.GetExtension(file.Path) is ".safetensors" or ".json" or ".jinja" or ".md" or "";

    public async Task FetchAsync(string commit, HubFile file, string folder, IProgress<long> received, CancellationToken cancellationToken)
    {
        var target = Path.Combine(folder, file.Path);
        if (File.Exists(target) && new FileInfo(target).Length == file.Size)
        {
            received.Report(file.Size);
            return;
        }

        var part = target + ".part";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ContinueAsync(commit, file, part, received, cancellationToken);
                break;
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException && attempt < Attempts && !IsDiskFull(exception))
            {
                // A connection that broke half way: go on from what has arrived.
            }
        }

        await VerifyAsync(file, part, cancellationToken);
        File.Move(part, target, overwrite: true);
    }

    private async Task ContinueAsync(
        string commit, HubFile file, string part, IProgress<long> received, CancellationToken cancellationToken)
    {
        await using var output = new FileStream(
            part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, BufferSize, FileOptions.Asynchronous);
        if (file.Size >= 0 && output.Length > file.Size) output.SetLength(0);
        received.Report(output.Length);
        if (file.Size >= 0 && output.Length == file.Size) return;

        var (response, start) = await hub.OpenAsync(repository, commit, file, output.Length, cancellationToken);
        using (response)
        {
            output.SetLength(start);
            output.Position = start;
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                    received.Report(output.Position);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            if (file.Size >= 0 && output.Position < file.Size)
                throw new IOException($"{file.Path} ended after {output.Position:N0} of {file.Size:N0} bytes.");
        }
    }

    private static async Task VerifyAsync(HubFile file, string part, CancellationToken cancellationToken)
    {
        var (expected, algorithm) = file.Sha256 is not null
            ? (file.Sha256, HashAlgorithmName.SHA256)
            : (file.GitBlobId, HashAlgorithmName.SHA1);
        if (expected is null) return;

        using var hash = IncrementalHash.CreateHash(algorithm);
        await using (
            var content = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan))
        {
            // Git hashes "blob SIZE\0" before the content.
            if (file.Sha256 is null) hash.AppendData(Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")));
            var buffer = new byte[BufferSize];
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;) hash.AppendData(buffer, 0, read);
        }

        var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (actual == expected.ToLowerInvariant()) return;

        File.Delete(part);
        throw new CliException(
            $"{file.Path} arrived damaged: its {algorithm.Name} is {actual}, the hub says {expected}. What had arrived was deleted; run the command again.");
    }

    private static bool IsDiskFull(Exception exception)
    {
        const int DiskFull = unchecked((int)0x80070070), NoSpace = 28;
        return exception is IOException && (exception.HResult == DiskFull || (exception.HResult & 0xFFFF) == NoSpace);
    }
}
