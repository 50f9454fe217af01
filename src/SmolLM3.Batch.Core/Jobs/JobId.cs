using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Jobs;

/// <summary>
/// Names a job. It is the name of the job's folder in the containers <c>jobs</c> and <c>results</c> and the MessageId of its messages,
/// so everything that happens twice under one id happens to one job.
/// </summary>
[JsonConverter(typeof(JobIdJsonConverter))]
public readonly record struct JobId
{
    /// <summary>Most characters of an id.</summary>
    public const int MaxLength = 64;

    /// <summary>Bytes of randomness that <see cref="Create"/> takes.</summary>
    public const int EntropyBytes = 10;

    private readonly string? _value;

    private JobId(string value) => _value = value;

    /// <summary>
    /// An id that sorts by <paramref name="now"/> and is unique by <paramref name="entropy"/>: 26 characters of lower-case Crockford base
    /// 32.
    /// </summary>
    public static JobId Create(DateTimeOffset now, ReadOnlySpan<byte> entropy)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(entropy.Length, EntropyBytes);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)now.ToUnixTimeMilliseconds() << 16);
        entropy.CopyTo(bytes[6..]);
        return new JobId(Base32.Encode(bytes));
    }

    /// <summary>
    /// The one id of this version of an uploaded blob, however often the upload is announced. The ETag may stand in quotes.
    /// </summary>
    public static JobId ForUpload(string blobName, string etag) => Derive("upload", blobName, etag.Trim('"'));

    /// <summary>The one id of what <paramref name="parts"/> say; <paramref name="prefix"/> is readable and keeps kinds apart.</summary>
    public static JobId Derive(string prefix, params ReadOnlySpan<string> parts)
    {
        // Lengths are part of what is hashed: ("ab", "c") and ("a", "bc") are different things.
        var text = new StringBuilder(prefix);
        foreach (var part in parts)
            text.Append('\n').Append(part.Length).Append(':').Append(part);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return new JobId($"{prefix}-{Base32.Encode(hash.AsSpan(0, 16))}");
    }

    /// <summary>Reads an id that a user or a message gave.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JobId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || !char.IsAsciiLetterOrDigit(text[0]))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }
        id = new JobId(text);
        return true;
    }

    /// <summary>Reads an id, or says what is wrong with it.</summary>
    /// <exception cref="FormatException">The text is no job id.</exception>
    public static JobId Parse(string? text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is no job id. {Rule}");

    /// <summary>What an id may look like, for error messages.</summary>
    public static string Rule => $"An id has 1 to {MaxLength} characters: ASCII letters, digits, '-' and '_', the first a letter or digit.";

    /// <summary>Whether this is the default value, which names no job.</summary>
    public bool IsEmpty => _value is null;

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
