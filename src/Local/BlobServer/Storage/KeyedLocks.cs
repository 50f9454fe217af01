namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>One asynchronous lock per key, kept only while somebody holds it or waits for it.</summary>
internal sealed class KeyedLocks
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public async ValueTask<IDisposable> EnterAsync(string key, CancellationToken cancellationToken = default)
    {
        Entry entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(key, out entry!))
                _entries.Add(key, entry = new Entry(this, key));
            entry.Users++;
        }

        try
        {
            await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Leave(entry);
            throw;
        }

        return new Held(entry);
    }

    private void Leave(Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users > 0)
                return;
            _entries.Remove(entry.Key);
        }

        entry.Gate.Dispose();
    }

    private sealed class Entry(KeyedLocks owner, string key)
    {
        public readonly KeyedLocks Owner = owner;
        public readonly string Key = key;
        public readonly SemaphoreSlim Gate = new(1, 1);
        public int Users;
    }

    private sealed class Held(Entry entry) : IDisposable
    {
        private Entry? _entry = entry;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _entry, null) is not { } held)
                return;
            held.Gate.Release();
            held.Owner.Leave(held);
        }
    }
}
