namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Shares out the device's time: while several jobs have completions under way, each gets an equal part. What all jobs got adds up to the
/// time in which the device had anything to do.
/// </summary>
public sealed class ComputeMeter(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Share> _busy = [];
    private long _since;

    /// <summary>Opens the account of one job.</summary>
    public Share Open() => new(this);

    private void Settle()
    {
        var now = time.GetTimestamp();
        if (_busy.Count > 0)
        {
            var part = time.GetElapsedTime(_since, now).TotalSeconds / _busy.Count;
            foreach (var share in _busy)
                share.Accrued += part;
        }
        _since = now;
    }

    /// <summary>One job's account.</summary>
    public sealed class Share
    {
        private readonly ComputeMeter _meter;
        private int _underWay;

        internal Share(ComputeMeter meter) => _meter = meter;

        internal double Accrued { get; set; }

        /// <summary>Device time so far.</summary>
        public double Seconds
        {
            get
            {
                lock (_meter._lock)
                {
                    _meter.Settle();
                    return Accrued;
                }
            }
        }

        /// <summary>A completion begins.</summary>
        public void Enter()
        {
            lock (_meter._lock)
            {
                _meter.Settle();
                if (_underWay++ == 0)
                    _meter._busy.Add(this);
            }
        }

        /// <summary>A completion is over.</summary>
        public void Leave()
        {
            lock (_meter._lock)
            {
                _meter.Settle();
                if (--_underWay == 0)
                    _meter._busy.Remove(this);
            }
        }
    }
}
