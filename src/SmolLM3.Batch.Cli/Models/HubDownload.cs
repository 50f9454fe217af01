using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmolLM3.Batch.Cli.Models;

/// <summary>
/// Downloads a checkpoint. A file arrives as <c>NAME.COMMIT.part</c>, continues from there after an interruption, and takes its own name only
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
        if (await IsThereAsync(file, target, cancellationToken))
        {
            received.Report(file.Size);
            return;
        }

        var part = $"{target}.{commit}.part";
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

    // The same model at another commit has weight files of the same size: only the hash tells them apart.
    private static async Task<bool> IsThereAsync(HubFile file, string target, CancellationToken cancellationToken)
    {
        var (expected, algorithm) = HashOf(file);
        return expected is not null
            && File.Exists(target)
            && new FileInfo(target).Length == file.Size
            && await HashAsync(target, algorithm, cancellationToken) == expected;
    }

    private static async Task VerifyAsync(HubFile file, string part, CancellationToken cancellationToken)
    {
        var (expected, algorithm) = HashOf(file);
        if (expected is null) return;

        var actual = await HashAsync(part, algorithm, cancellationToken);
        if (actual == expected) return;

        File.Delete(part);
        throw new CliException(
            $"{file.Path} arrived damaged: its {algorithm.Name} is {actual}, the hub says {expected}. What had arrived was deleted; run the command again.");
    }

    private static (string? Hash, HashAlgorithmName Algorithm) HashOf(HubFile file) => file.Sha256 is not null
        ? (file.Sha256.ToLowerInvariant(), HashAlgorithmName.SHA256)
        : (file.GitBlobId?.ToLowerInvariant(), HashAlgorithmName.SHA1);

    private static async Task<string> HashAsync(string path, HashAlgorithmName algorithm, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        await using var content = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);

        // Git, whose hash SHA-1 is, hashes "blob SIZE\0" before the content.
        if (algorithm == HashAlgorithmName.SHA1)
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")));
        var buffer = new byte[BufferSize];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;) hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsDiskFull(Exception exception)
    {
        const int DiskFull = unchecked((int)0x80070070), NoSpace = 28;
        return exception is IOException && (exception.HResult == DiskFull || (exception.HResult & 0xFFFF) == NoSpace);
    }
}
