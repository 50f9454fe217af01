using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>The CRC-64 of Azure Storage: polynomial 0x9A6C9329AC4BC9B5 reflected, inverted at both ends, little-endian.</summary>
internal sealed class StorageCrc64 : IContentObserver
{
    private const ulong Polynomial = 0x9A6C9329AC4BC9B5;
    private static readonly ulong[][] Tables = BuildTables();
    private ulong _state = ~0ul;

    public byte[] Hash => BitConverter.GetBytes(~_state);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        ulong state = _state;
        while (bytes.Length >= 8)
        {
            state ^= BitConverter.ToUInt64(bytes);
            ulong next = 0;
            for (int i = 0; i < 8; i++)
                next ^= Tables[7 - i][(byte)(state >> (8 * i))];
            state = next;
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
            state = (state >> 8) ^ Tables[0][(byte)(state ^ value)];
        _state = state;
    }

    private static ulong[][] BuildTables()
    {
        var tables = new ulong[8][];
        for (int slice = 0; slice < 8; slice++)
        {
            tables[slice] = new ulong[256];
            for (int i = 0; i < 256; i++)
            {
                ulong crc = slice == 0 ? (ulong)i : tables[slice - 1][i];
                for (int bit = 0; bit < 8 && slice == 0; bit++)
                    crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
                tables[slice][i] = slice == 0 ? crc : (crc >> 8) ^ tables[0][(byte)crc];
            }
        }

        return tables;
    }
}
