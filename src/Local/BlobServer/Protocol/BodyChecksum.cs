using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>The checksum that a client sends along with a body, to be compared with what arrived.</summary>
internal sealed class BodyChecksum
{
    private readonly StorageCrc64? _crc64;
    private readonly string? _sentCrc64;
    private readonly string? _sentMd5;

    public BodyChecksum(BlobRequest request)
    {
        _sentMd5 = request.Header("Content-MD5");
        _sentCrc64 = request.Header("x-ms-content-crc64");
        if (_sentMd5 is not null && _sentCrc64 is not null)
            throw new StorageException(
                400, "BothCrc64AndMd5HeaderPresent", "Both x-ms-content-crc64 header and Content-MD5 header are present.");
        if (_sentMd5 is not null && !IsBase64(_sentMd5, 16))
            throw new StorageException(
                400, "InvalidMd5", "The MD5 value specified in the request is invalid. The MD5 value must be 128 bits and Base64-encoded.");
        if (_sentCrc64 is not null && !IsBase64(_sentCrc64, 8))
            throw StorageException.InvalidHeader("x-ms-content-crc64", _sentCrc64);
        _crc64 = _sentCrc64 is null ? null : new StorageCrc64();
    }

    public IContentObserver? Observer => _crc64;

    public void Check(StagedContent content)
    {
        string md5 = Convert.ToBase64String(content.Md5);
        if (_sentMd5 is not null && _sentMd5 != md5)
            throw StorageException.Md5Mismatch(_sentMd5, md5);
        if (_crc64 is not null && Convert.ToBase64String(_crc64.Hash) is var crc && crc != _sentCrc64)
            throw StorageException.Crc64Mismatch(_sentCrc64!, crc);
    }

    /// <summary>Tells the client what was computed, in the kind of checksum that it sent.</summary>
    public void Answer(BlobRequest request, StagedContent content)
    {
        if (_crc64 is null)
            request.Response.Headers["Content-MD5"] = Convert.ToBase64String(content.Md5);
        else
            request.Response.Headers["x-ms-content-crc64"] = Convert.ToBase64String(_crc64.Hash);
    }

    private static bool IsBase64(string text, int bytes)
    {
        Span<byte> decoded = stackalloc byte[64];
        return text.Length <= 64 && Convert.TryFromBase64String(text, decoded, out int length) && length == bytes;
    }
}
