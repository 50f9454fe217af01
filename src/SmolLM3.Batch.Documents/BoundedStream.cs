namespace SmolLM3.Batch.Documents;

/// <summary>Reads streams whose length nobody vouches for.</summary>
internal static class BoundedStream
{
    public static async Task<byte[]> ReadAllAsync(Stream content, string name, DocumentLimits limits, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        byte[] piece = new byte[81_920];
        int read;
        while ((read = await content.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + read > limits.MaxBytes) throw Faults.TooManyBytes(name, limits);
            buffer.Write(piece, 0, read);
        }

        return buffer.ToArray();
    }
}
