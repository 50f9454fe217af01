using SmolLM3.Inference.Generation;
using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Model;
using SmolLM3.Inference.Sampling;
using SmolLM3.Inference.Scheduling;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Engine;

/// <summary>
/// The thread on which a model lives: admits what was submitted, schedules a step, computes it, takes its tokens, and so on while there
/// is work. TorchSharp's dispose scopes and modes belong to a thread, so everything of the model stays on this one.
/// </summary>
internal sealed class EngineLoop
{
    // One step may fail for want of memory. So many in a row, whatever they were about, mean a device that is lost.
    private const int MostFailures = 3;

    private readonly ModelRunner _runner;
    private readonly KvManager _kv;
    private readonly Scheduler _scheduler;
    private readonly TokenSampler _sampler;
    private readonly EngineMeter _meter;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _signal = new(0);
    private readonly Lock _lock = new();
    private readonly Dictionary<Sequence, Completion> _completions = [];
    private List<Completion> _submitted = [];
    private volatile IStepObserver? _observer;
    private readonly TaskCompletionSource<Exception> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _failures;
    private bool _stopping;

    public EngineLoop(ModelRunner runner, KvManager kv, Scheduler scheduler, TokenSampler sampler, EngineMeter meter)
    {
        (_runner, _kv, _scheduler, _sampler, _meter) = (runner, kv, scheduler, sampler, meter);
        _thread = new Thread(Run) { IsBackground = true, Name = "SmolLM3 engine" };
        _thread.Start();
    }

    public Task<Exception> Broken => _broken.Task;

    public void Observe(IStepObserver? observer) => _observer = observer;

    public void Submit(Completion completion)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping, typeof(InferenceEngine));
            if (_broken.Task.IsCompletedSuccessfully)
                throw new EngineBrokenException(_broken.Task.Result);
            _submitted.Add(completion);
        }
        _signal.Release();
    }

    public void Cancel(Completion completion)
    {
        completion.Sequence.Cancel();
        _signal.Release();
    }

    /// <summary>Fails what is under way, frees the model and ends the thread.</summary>
    public Task StopAsync()
    {
        lock (_lock)
            _stopping = true;
        _signal.Release();
        return Task.Run(_thread.Join);
    }

    private void Run()
    {
        using var mode = inference_mode();
        while (AdmitSubmitted())
        {
            if (!_scheduler.HasWork)
            {
                _signal.Wait();
                continue;
            }
            try
            {
                Step();
                _failures = 0;
            }
            catch (Exception e)
            {
                // A step that fails, for want of memory for example, takes its completions with it, but not the engine.
                if (++_failures == MostFailures)
                    Break(e);
                FailAll(e);
            }
        }
        FailAll(new ObjectDisposedException(nameof(InferenceEngine), "The engine was disposed of while the completion was under way."));
        _kv.Dispose();
        _runner.Dispose();
    }

    private void Break(Exception error)
    {
        lock (_lock)
            _broken.TrySetResult(error);
    }

    /// <summary>False when the engine is to stop.</summary>
    private bool AdmitSubmitted()
    {
        List<Completion> submitted;
        bool goesOn;
        lock (_lock)
        {
            (submitted, _submitted) = (_submitted, []);
            goesOn = !_stopping;
        }
        foreach (var completion in submitted)
        {
            _completions.Add(completion.Sequence, completion);
            _scheduler.Add(completion.Sequence);
        }
        return goesOn;
    }

    private void Step()
    {
        _meter.StartStep();
        foreach (var sequence in _scheduler.RemoveCancelled())
        {
            _completions.Remove(sequence, out var completion);
            completion!.Fail(new OperationCanceledException());
        }
        var runs = _scheduler.Schedule();
        if (runs.Count == 0)
            return;
        var advanced = Compute(runs);
        _meter.EndStep(_scheduler, _kv);
        foreach (var completion in advanced)
            completion.Report();
        _observer?.AfterStep(_meter.Snapshot);
    }

    /// <summary>Nothing of a step but the KV cache outlives it: whoever sees its results finds its tensors freed.</summary>
    private List<Completion> Compute(IReadOnlyList<ScheduledRun> runs)
    {
        using var scope = NewDisposeScope();
        _meter.StartModel();
        using var output = _runner.Run(runs);
        _meter.EndModel();
        return TakeTokens(runs, output);
    }

    private List<Completion> TakeTokens(IReadOnlyList<ScheduledRun> runs, StepOutput output)
    {
        var advanced = new List<Completion>();
        var row = 0;
        foreach (var run in runs.Where(run => run.ReachesEnd))
        {
            var completion = _completions[run.Sequence];
            TakeTokens(run, completion, output, row);
            row += ModelRunner.LogitRows(run);
            advanced.Add(completion);
            if (!completion.IsFinished)
                continue;
            _scheduler.Finish(run.Sequence);
            _completions.Remove(run.Sequence);
            _meter.Finished++;
        }
        return advanced;
    }

    /// <summary>
    /// Takes the next token, and as long as the proposal foresaw it, the one after; then drops what was wrongly proposed.
    /// </summary>
    private void TakeTokens(ScheduledRun run, Completion completion, StepOutput output, int row)
    {
        var sequence = run.Sequence;
        var proposal = run.Proposal.Span;
        var length = sequence.Tokens.Count;
        var right = 0;
        while (completion.Advance(output, row + right, _sampler) is { } token && !completion.IsFinished
            && right < proposal.Length && proposal[right] == token)
            right++;
        _scheduler.Verified(run, length, right);
        _meter.Generated += sequence.Tokens.Count - length;
        _meter.Proposed += proposal.Length;
        _meter.Accepted += right;
    }

    private void FailAll(Exception error)
    {
        foreach (var (sequence, completion) in _completions)
        {
            sequence.Cancel();
            completion.Fail(error);
        }
        _scheduler.RemoveCancelled();
        _completions.Clear();
        _kv.Clear();
    }
}
