namespace SmolLM3.Batch.Jobs;

/// <summary>Lower-case Crockford base 32: keeps the order of the bytes and has no letters that read alike.</summary>
internal static class Base32
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[((bytes.Length * 8) + 4) / 5];
        // The first character carries the bits left over, so that the value reads as one number and sorts as one.
        int bits = (5 - (bytes.Length * 8 % 5)) % 5, buffer = 0, next = 0;
        foreach (var value in bytes)
        {
            buffer = ((buffer << 8) | value) & 0xFFFF;
            bits += 8;
            for (; bits >= 5; bits -= 5)
                characters[next++] = Alphabet[(buffer >> (bits - 5)) & 31];
        }
        return new string(characters);
    }
}
