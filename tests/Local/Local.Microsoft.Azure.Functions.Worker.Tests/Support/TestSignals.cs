using System.Collections.Concurrent;

namespace Local.Microsoft.Azure.Functions.Worker.Tests;

/// <summary>What the functions under test did, and when they may go on.</summary>
public sealed class TestSignals
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly ConcurrentQueue<string> _notes = new();

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyCollection<string> Notes => _notes;

    /// <summary>The timer's notes: it runs at every start, so they are kept apart.</summary>
    public ConcurrentQueue<string> TimerNotes { get; } = new();

    public void Note(string text) => _notes.Enqueue(text);

    public Task UntilAsync(string note) => UntilAsync(() => _notes.Contains(note), $"the note '{note}'");

    public async Task UntilAsync(Func<bool> reached, string what)
    {
        using var deadline = new CancellationTokenSource(Soon);
        while (!reached())
        {
            if (deadline.IsCancellationRequested)
                throw new TimeoutException($"{what} did not come. Notes: {string.Join("; ", _notes)}");
            await Task.Delay(5);
        }
    }
}
