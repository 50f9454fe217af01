using System.Globalization;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>Strictly rising numbers near the clock's ticks: the source of ETags and of event sequencers.</summary>
internal sealed class Stamps(TimeProvider time)
{
    private long _last;

    public TimeProvider Time => time;

    public long Next()
    {
        long now = time.GetUtcNow().UtcTicks;
        while (true)
        {
            long last = Interlocked.Read(ref _last);
            long next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return next;
        }
    }

    public string NextETag() => ETag(Next());

    public static string ETag(long stamp) => string.Create(CultureInfo.InvariantCulture, $"\"0x{stamp:X15}\"");
}
