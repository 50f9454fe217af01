using System.Text;

namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>
/// The log file of a process. Where it cannot be written, as on a full disk, lines are lost and the process goes on; how many it says when
/// it can.
/// </summary>
internal sealed class ProcessLog(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    private int _lost;
    private bool _closed;

    public string Path => path;

    public void Write(string? line)
    {
        lock (_lock)
        {
            // The pipe drains on a thread of its own and may deliver a last line after the log was closed.
            if (line is null || _closed) return;
            try
            {
                if (_lost > 0) _file.Write(Encoding.UTF8.GetBytes($"({_lost} lines are missing here: they could not be written.)\n"));
                _lost = 0;
                _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
            catch (IOException)
            {
                _lost++;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _file.Dispose();
        }
    }
}
