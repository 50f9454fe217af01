using System.ComponentModel.DataAnnotations;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// What the pipeline may call on a user's behalf, documents behind URLs and callbacks: configuration section <c>Outbound</c>.
/// </summary>
public sealed class OutboundOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Outbound";

    /// <summary>
    /// Hosts that may be called, for example <c>files.contoso.com</c> or <c>*.contoso.com</c>. Empty allows every public host.
    /// </summary>
    public IList<string> AllowedHosts { get; set; } = [];

    /// <summary>
    /// Whether addresses of private networks, link-local ones and the machine itself may be called. For development, and for closed
    /// networks together with <see cref="AllowedHosts"/>.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Whether plain http may be called. Otherwise only https.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Most bytes of a document, from a blob or a URL.</summary>
    [Range(1, 1L << 31)]
    public long MaxDocumentBytes { get; set; } = 64 << 20;

    /// <summary>Longest time to fetch a document from a URL, and to wait for an answer to a callback.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Attempts of one callback before its event is given back to the queue.</summary>
    [Range(1, 20)]
    public int CallbackAttempts { get; set; } = 4;

    /// <summary>Wait before the second attempt; doubles with each.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan CallbackDelay { get; set; } = TimeSpan.FromSeconds(1);
}
