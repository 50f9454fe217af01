namespace SmolLM3.Inference.Tokenization;

/// <summary>
/// GPT-2's one-to-one map between bytes and printable characters, in which a tokenizer.json writes its tokens: printable Latin-1 bytes
/// stand for themselves, the others for the characters from U+0100 on.
/// </summary>
internal static class ByteLevelAlphabet
{
    private const char FirstStandIn = '\u0100';

    private static readonly short[] ByteOfChar = Build();

    /// <summary>The bytes that a token stands for, or false if one of its characters is outside the alphabet.</summary>
    public static bool TryGetBytes(ReadOnlySpan<char> token, Span<byte> bytes)
    {
        for (int i = 0; i < token.Length; i++)
        {
            if (token[i] >= ByteOfChar.Length || ByteOfChar[token[i]] < 0)
                return false;
            bytes[i] = (byte)ByteOfChar[token[i]];
        }

        return true;
    }

    private static short[] Build()
    {
        var map = new short[FirstStandIn + 68];
        Array.Fill(map, (short)-1);
        char next = FirstStandIn;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            map[printable ? b : next++] = (short)b;
        }

        return map;
    }
}
