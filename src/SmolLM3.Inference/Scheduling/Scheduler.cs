using SmolLM3.Inference.KvCache;

namespace SmolLM3.Inference.Scheduling;

/// <summary>
/// Chooses what the next step computes. Running sequences come first, each with its next token, so that a long prompt never holds
/// them up; what is left of the step goes to prompts in chunks, oldest first. When memory runs short the youngest sequence gives up its
/// cache and computes it again later; the oldest always goes on, so that every sequence ends.
/// </summary>
internal sealed class Scheduler(KvManager kv, int maxSequences, int maxStepTokens, IProposer proposer)
{
    /// <summary>Up to about this many rows a decode step takes as long as it takes to read the weights: room for proposals.</summary>
    private const int MemoryBoundRows = 32;

    /// <summary>Sequences that may be passed over at a time because a prefix of theirs is under way.</summary>
    private const int MostPassedOver = 64;

    private readonly LinkedList<Sequence> _waiting = [];

    /// <summary>In order of arrival.</summary>
    private readonly List<Sequence> _running = [];

    /// <summary>At most half a step's rows decode, so that prompts always advance.</summary>
    private readonly int _maxSequences = Math.Min(maxSequences, maxStepTokens / 2);

    public int Waiting => _waiting.Count;

    public int Running => _running.Count;

    public bool HasWork => _waiting.Count + _running.Count > 0;

    public long Preemptions { get; private set; }

    /// <summary>Prompt tokens of sequences admitted so far, cached ones included.</summary>
    public long PromptTokens { get; private set; }

    public long CachedTokens { get; private set; }

    public void Add(Sequence sequence) => _waiting.AddLast(sequence);

    /// <summary>Removes cancelled sequences and returns them.</summary>
    public IReadOnlyList<Sequence> RemoveCancelled()
    {
        List<Sequence> cancelled = [.. _waiting.Concat(_running).Where(sequence => sequence.IsCancelled)];
        foreach (var sequence in cancelled)
        {
            _waiting.Remove(sequence);
            Finish(sequence);
        }
        return cancelled;
    }

    /// <summary>Reports how a run's proposal fared, and drops what was computed for its wrong tokens.</summary>
    public void Verified(ScheduledRun run, int lengthBefore, int accepted)
    {
        run.Sequence.Chain!.Truncate(lengthBefore + accepted);
        if (run.Proposal.Length > 0)
            proposer.Verified(run.Sequence, run.Proposal.Length, accepted);
    }

    /// <summary>Takes a sequence out of the batch; its cache stays for others to share.</summary>
    public void Finish(Sequence sequence)
    {
        _running.Remove(sequence);
        sequence.Status = SequenceStatus.Finished;
        if (sequence.Chain is not null)
            kv.Finish(sequence);
    }

    /// <summary>The next step's runs; empty only when nothing is left to do.</summary>
    public IReadOnlyList<ScheduledRun> Schedule()
    {
        var runs = new List<ScheduledRun>();
        var rows = maxStepTokens;
        ScheduleDecodes(runs, ref rows);
        ScheduleChunks(runs, ref rows);
        AdmitWaiting(runs, ref rows);
        return runs;
    }

    private void ScheduleDecodes(List<ScheduledRun> runs, ref int rows)
    {
        var decoding = _running.Where(sequence => sequence.IsDecoding).ToList();
        var spare = Math.Min(MemoryBoundRows, maxStepTokens / 2) - decoding.Count;
        foreach (var sequence in decoding)
        {
            if (sequence.Status != SequenceStatus.Running)
                continue;
            var proposal = proposer.Propose(sequence, Math.Min(spare, sequence.MaxLength - sequence.Tokens.Count - 1));
            if (!TryExtend(sequence, 1 + proposal.Length, runs, out var room))
                continue;
            proposal = proposal[..(room - 1)];
            spare -= proposal.Length;
            rows -= room;
            runs.Add(new(sequence, 1, proposal));
        }
    }

    private void ScheduleChunks(List<ScheduledRun> runs, ref int rows)
    {
        foreach (var sequence in _running.Where(sequence => sequence.Uncomputed > 1).ToList())
        {
            if (rows == 0)
                return;
            if (sequence.Status != SequenceStatus.Running || !TryExtend(sequence, Math.Min(rows, sequence.Uncomputed), runs, out var room))
                continue;
            rows -= room;
            runs.Add(new(sequence, room, default));
        }
    }

    private void AdmitWaiting(List<ScheduledRun> runs, ref int rows)
    {
        var passedOver = 0;
        for (var node = _waiting.First; node is not null && rows > 0 && _running.Count < _maxSequences && passedOver < MostPassedOver;)
        {
            var (sequence, next) = (node.Value, node.Next);
            if (kv.IsPrefixUnderWay(sequence, _running))
            {
                // It gains more by waiting for that prefix than it loses; those behind it may go first.
                passedOver++;
                node = next;
                continue;
            }
            if (!TryAdmit(sequence))
                return;
            _waiting.Remove(node);
            _running.Add(sequence);
            sequence.Status = SequenceStatus.Running;
            CountAdmission(sequence);
            var room = kv.Extend(sequence, Math.Min(rows, sequence.Uncomputed));
            if (room > 0)
            {
                rows -= room;
                runs.Add(new(sequence, room, default));
            }
            node = next;
        }
    }

    private void CountAdmission(Sequence sequence)
    {
        if (sequence.WasAdmitted)
            return;
        (sequence.WasAdmitted, sequence.CachedTokens) = (true, sequence.Computed);
        PromptTokens += sequence.PromptLength;
        CachedTokens += sequence.CachedTokens;
    }

    /// <summary>
    /// A sequence alone fits once nothing else is held: the first failure has evicted the prefix that it would have copied from.
    /// </summary>
    private bool TryAdmit(Sequence sequence)
        => kv.TryAdmit(sequence, _running) || (_running.Count == 0 && kv.TryAdmit(sequence, _running));

    /// <summary>Makes room for one sequence, if need be at the cost of younger ones, and in the end of itself.</summary>
    private bool TryExtend(Sequence sequence, int count, List<ScheduledRun> runs, out int room)
    {
        while ((room = kv.Extend(sequence, count)) == 0)
        {
            var youngest = _running[^1];
            Preempt(youngest, runs);
            if (youngest == sequence)
                return false;
        }
        return true;
    }

    private void Preempt(Sequence sequence, List<ScheduledRun> runs)
    {
        runs.RemoveAll(run => run.Sequence == sequence);
        _running.Remove(sequence);
        kv.Drop(sequence);
        sequence.Status = SequenceStatus.Waiting;
        _waiting.AddFirst(sequence);
        Preemptions++;
    }
}
