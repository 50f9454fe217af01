namespace SmolLM3.Batch.Documents;

/// <summary>A document cannot be read. The message names the cause and what to do about it, and never quotes the document.</summary>
public sealed class DocumentException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">What is wrong, for programs.</param>
    /// <param name="message">What is wrong and what to do, for people.</param>
    /// <param name="inner">The underlying error, if any.</param>
    public DocumentException(DocumentFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>What is wrong.</summary>
    public DocumentFault Fault { get; }
}
