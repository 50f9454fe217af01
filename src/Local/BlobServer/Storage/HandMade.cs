using Microsoft.AspNetCore.StaticFiles;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>What can be said of a file that came by hand: the same each time it is looked at, until it changes.</summary>
internal static class HandMade
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new() { Mappings = { [".md"] = "text/markdown" } };

    public static BlobRecord Describe(string name, FileFacts facts)
    {
        var modified = new DateTimeOffset(facts.ModifiedTicks, TimeSpan.Zero);
        return new BlobRecord
        {
            Name = name,
            ETag = Stamps.ETag(facts.ModifiedTicks ^ (facts.Length << 20 & long.MaxValue)),
            LastModified = modified,
            Created = modified,
            File = facts,
            Headers = new BlobHttpHeaders
            {
                ContentType = ContentTypes.TryGetContentType(name, out string? type) ? type : "application/octet-stream",
            },
        };
    }
}
