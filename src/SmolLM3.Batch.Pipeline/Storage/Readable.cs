namespace SmolLM3.Batch.Pipeline;

/// <summary>Records as listings take them.</summary>
internal static class Readable
{
    /// <summary>A record, or null where it is damaged: one of those must not hide all others. Asked for by its id, it says what is wrong.</summary>
    public static async Task<T?> OrNullAsync<T>(Task<T?> record)
        where T : class
    {
        try
        {
            return await record.ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
