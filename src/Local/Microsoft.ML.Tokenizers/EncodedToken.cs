namespace Microsoft.ML.Tokenizers;

/// <summary>A token with its place in the text.</summary>
public readonly struct EncodedToken(int id, string value, Range offset) : IEquatable<EncodedToken>
{
    /// <summary>The token's id.</summary>
    public int Id { get; } = id;

    /// <summary>The text that the token covers; empty for the later tokens of a split character.</summary>
    public string Value { get; } = value;

    /// <summary>Where that text stands.</summary>
    public Range Offset { get; } = offset;

    /// <inheritdoc/>
    public bool Equals(EncodedToken other) => Id == other.Id && Value == other.Value && Offset.Equals(other.Offset);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EncodedToken other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Value, Offset);
}
