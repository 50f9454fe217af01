using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SmolLM3.Local.BlobServer.Events;

/// <summary>A BlobCreated event as Event Grid delivers it to a queue under the schema CloudEventSchemaV1_0.</summary>
/// <param name="Id">Stays the same if the event is delivered again.</param>
/// <param name="Body">One CloudEvent in structured mode.</param>
public sealed record BlobCreatedEvent(string Id, string Subject, ReadOnlyMemory<byte> Body)
{
    public const string ContentType = "application/cloudevents+json; charset=utf-8";

    public const string Type = "Microsoft.Storage.BlobCreated";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static BlobCreatedEvent From(BlobAnnouncement announcement, string account, Uri endpoint)
    {
        string id = announcement.Id.ToString();
        string subject = $"/blobServices/default/containers/{announcement.Container}/blobs/{announcement.Name}";
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, Writing))
        {
            json.WriteStartObject();
            json.WriteString(
                "source", $"/subscriptions/{Guid.Empty}/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/{account}");
            json.WriteString("subject", subject);
            json.WriteString("type", Type);
            json.WriteString("time", announcement.Time.UtcDateTime);
            json.WriteString("id", id);
            json.WriteStartObject("data");
            json.WriteString("api", announcement.Api);
            json.WriteString("requestId", id);
            json.WriteString("eTag", announcement.ETag.Trim('"'));
            json.WriteString("contentType", announcement.ContentType);
            json.WriteNumber("contentLength", announcement.ContentLength);
            json.WriteString("blobType", "BlockBlob");
            json.WriteString("accessTier", "Default");
            json.WriteString("url", $"{endpoint.AbsoluteUri.TrimEnd('/')}/{announcement.Container}/{EscapePath(announcement.Name)}");
            json.WriteString("sequencer", announcement.Sequence.ToString("X48", CultureInfo.InvariantCulture));
            json.WriteStartObject("storageDiagnostics");
            json.WriteString("batchId", id);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteString("specversion", "1.0");
            json.WriteEndObject();
        }

        return new BlobCreatedEvent(id, subject, body.ToArray());
    }

    private static string EscapePath(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
}
