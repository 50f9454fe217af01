using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SmolLM3.Batch.Documents.Pdf;

/// <summary>
/// Runs pdftotext with bounded time, memory and output. The file is hostile until proven otherwise: nothing of it is parsed in this
/// process.
/// </summary>
internal sealed class PdfToText(DocumentLimits limits)
{
    private const int MostErrorText = 8_192;

    public async Task<byte[]> RunAsync(ReadOnlyMemory<byte> content, string name, CancellationToken cancellationToken)
    {
        string tool = Find(limits.PdfToText) ?? throw Missing(name);
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".pdf");
        try
        {
            await using (var stream = new FileStream(file, CreatePrivate()))
            {
                await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            }

            return await RunAsync(tool, file, name, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<byte[]> RunAsync(string tool, string file, string name, CancellationToken cancellationToken)
    {
        using var process = Start(tool, file, name);
        try
        {
            var errors = ReadErrorsAsync(process, cancellationToken);
            byte[] output = await ReadOutputAsync(process, name, cancellationToken).ConfigureAwait(false);
            string error = await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 ? output : throw Failed(name, process.ExitCode, error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(string tool, string file, string name)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        string[] arguments = ["-enc", "UTF-8", "-eol", "unix", file, "-"];
        if (OperatingSystem.IsLinux() && File.Exists("/bin/sh"))
        {
            // The shell sets the limits and becomes the tool; arguments are passed as such and never read by it.
            string seconds = ((int)Math.Ceiling(limits.Timeout.TotalSeconds) + 1).ToString(CultureInfo.InvariantCulture);
            string kilobytes = (limits.MaxToolMemory / 1024).ToString(CultureInfo.InvariantCulture);
            start.FileName = "/bin/sh";
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add($"ulimit -v {kilobytes}; ulimit -t {seconds}; ulimit -c 0; exec \"$0\" \"$@\"");
            start.ArgumentList.Add(tool);
        }
        else
        {
            start.FileName = tool;
        }

        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var process = Process.Start(start) ?? throw Missing(name);
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception)
        {
            throw Missing(name);
        }
    }

    private async Task<byte[]> ReadOutputAsync(Process process, string name, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        byte[] piece = new byte[65_536];
        var stream = process.StandardOutput.BaseStream;
        int read;
        while ((read = await stream.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0)
        {
            // A character is at most three bytes per UTF-16 unit.
            if (output.Length + read > 3L * limits.MaxCharacters) throw Faults.TooManyCharacters(name, limits);
            output.Write(piece, 0, read);
        }

        return output.ToArray();
    }

    private static async Task<string> ReadErrorsAsync(Process process, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        char[] piece = new char[4_096];
        int read;
        while ((read = await process.StandardError.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0)
        {
            kept.Append(piece, 0, Math.Min(read, MostErrorText - kept.Length));
        }

        return kept.ToString();
    }

    private DocumentException Failed(string name, int exitCode, string error)
    {
        if (error.Contains("password", StringComparison.OrdinalIgnoreCase))
        {
            return new DocumentException(
                DocumentFault.Encrypted, $"'{name}' is protected by a password. Remove the protection and send it again.");
        }

        if (exitCode == 3)
        {
            return new DocumentException(
                DocumentFault.Encrypted, $"'{name}' does not permit its text to be copied. Ask its author for one that does.");
        }

        // 128 + SIGXCPU, SIGKILL; out of memory shows as an abort or as the library's own message.
        if (exitCode is 152 or 137) return Faults.TooSlow(name, limits);
        if (exitCode is 134 or 139 || error.Contains(
            "memory", StringComparison.OrdinalIgnoreCase) || error.Contains("bad_alloc", StringComparison.Ordinal))
        {
            return new DocumentException(
                DocumentFault.TooLarge,
                $"'{name}' needs more than {limits.MaxToolMemory:N0} bytes of memory to read, or breaks the PDF reader. Print it to a new PDF and send that.");
        }

        return Faults.Corrupt(name, "PDF");
    }

    private DocumentException Missing(string name) => new(
        DocumentFault.ToolMissing,
        $"'{name}' is a PDF, and the program '{limits.PdfToText}' that reads PDF was not found. Install poppler "
        + "(Debian, Ubuntu: apt-get install poppler-utils; macOS: brew install poppler; Windows: winget install oschwartz10612.Poppler).");

    private static string? Find(string tool)
    {
        if (tool.Contains('/') || tool.Contains('\\')) return File.Exists(tool) ? tool : null;
        string[] names = OperatingSystem.IsWindows() ? [tool + ".exe", tool] : [tool];
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (string candidate in names)
            {
                string path = Path.Combine(folder, candidate);
                if (File.Exists(path)) return path;
            }
        }

        return null;
    }

    private static FileStreamOptions CreatePrivate()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
