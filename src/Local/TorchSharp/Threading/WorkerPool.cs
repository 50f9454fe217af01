using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace TorchSharp.Threading;

/// <summary>
/// Fork-join over index ranges. A decode step forks hundreds of times, so a fork costs about a microsecond while the
/// workers still spin for the next one; after a short while without work they park and cost nothing.
/// Results never depend on how a range is cut: kernels give each output to exactly one part.
/// </summary>
internal static unsafe class WorkerPool
{
    private const int SpinsBeforeParking = 1000;

    private static readonly Lock Growth = new();
    private static readonly SemaphoreSlim Wake = new(0);
    private static int _threads = Environment.ProcessorCount;
    private static int _workers;
    private static int _parked;
    private static int _busy;

    // The current job. Its parts are handed out by counting _state down: the upper half is the job's number, so that a
    // late worker can never take a part of a job that it has not read.
    private static long _state;
    private static int _unfinished;
    private static int _parts;
    private static long _count;
    private static void* _body;
    private static delegate*<void*, long, long, void> _run;
    private static Exception? _failure;

    [ThreadStatic]
    private static bool _insideJob;

    /// <summary>Threads that share the work, the caller among them.</summary>
    public static int Threads
    {
        get => _threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _threads = value;
        }
    }

    /// <summary>Runs <paramref name="body"/> over [0, count), in parts of at least <paramref name="grain"/>.</summary>
    public static void For<TBody>(long count, long grain, ref TBody body) where TBody : struct, IRangeBody
    {
        if (count <= 0) return;
        var parts = (int)Math.Min(Math.Max(count / Math.Max(grain, 1), 1), _threads * 4L);
        if (_threads == 1 || parts == 1 || _insideJob || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            body.Run(0, count);
            return;
        }

        try
        {
            EnsureWorkers();
            _body = Unsafe.AsPointer(ref body);
            _run = &Invoke<TBody>;
            _count = count;
            _parts = parts;
            Volatile.Write(ref _unfinished, parts);
            var number = (int)(Volatile.Read(ref _state) >> 32) + 1;
            Interlocked.Exchange(ref _state, ((long)number << 32) | (uint)parts);
            if (Volatile.Read(ref _parked) > 0 && Interlocked.Exchange(ref _parked, 0) is > 0 and var sleepers) Wake.Release(sleepers);

            _insideJob = true;
            while (TryRunPart())
            {
            }

            _insideJob = false;
            var wait = new SpinWait();
            while (Volatile.Read(ref _unfinished) != 0) wait.SpinOnce(sleep1Threshold: -1);
            if (Interlocked.Exchange(ref _failure, null) is { } failure) ExceptionDispatchInfo.Throw(failure);
        }
        finally
        {
            _insideJob = false;
            Volatile.Write(ref _busy, 0);
        }
    }

    private static void Invoke<TBody>(void* body, long begin, long end) where TBody : struct, IRangeBody =>
        Unsafe.AsRef<TBody>(body).Run(begin, end);

    private static bool TryRunPart()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            var remaining = (int)state;
            if (remaining == 0) return false;
            if (Interlocked.CompareExchange(ref _state, state - 1, state) != state) continue;
            var part = _parts - remaining;
            var (begin, end) = (Bound(part), Bound(part + 1));
            try
            {
                _run(_body, begin, end);
            }
            catch (Exception failure)
            {
                // The first failure is the job's; the caller throws it when no part runs any more.
                Interlocked.CompareExchange(ref _failure, failure, null);
            }

            Interlocked.Decrement(ref _unfinished);
            return true;
        }
    }

    private static long Bound(int part) => (long)((Int128)_count * part / _parts);

    private static void EnsureWorkers()
    {
        if (_workers >= _threads - 1) return;
        lock (Growth)
        {
            for (; _workers < _threads - 1; _workers++)
            {
                var rank = _workers;
                new Thread(() => Work(rank)) { IsBackground = true, Name = $"torch worker {rank + 1}" }.Start();
            }
        }
    }

    private static void Work(int rank)
    {
        _insideJob = true;
        while (true)
        {
            var spins = 0;
            while (rank < _threads - 1 && spins < SpinsBeforeParking)
            {
                if (TryRunPart())
                {
                    spins = 0;
                }
                else
                {
                    Thread.SpinWait(8);
                    spins++;
                }
            }

            // Counting oneself in before the last look means that no job is published unseen.
            Interlocked.Increment(ref _parked);
            if ((int)Interlocked.Read(ref _state) != 0 && rank < _threads - 1) continue;
            Wake.Wait();
        }
    }
}
