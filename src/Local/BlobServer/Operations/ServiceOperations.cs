using System.Xml.Linq;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Operations on the account.</summary>
internal sealed class ServiceOperations(ContainerStore containers, TimeProvider time)
{
    public async Task ListContainersAsync(BlobRequest request)
    {
        ListPage page = ListPage.Of(request);
        var items = new XElement("Containers");
        string? next = null;
        int count = 0;
        var names = containers.Names()
            .Where(name => name.StartsWith(page.Prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, page.From) >= 0);
        foreach (string name in names)
        {
            if (count++ == page.MaxResults)
            {
                next = name;
                break;
            }

            items.Add(Describe(name, containers.Get(name), page.Include.Contains("metadata")));
        }

        await XmlBody.WriteAsync(request, page.Envelope(request, items, next)).ConfigureAwait(false);
    }

    public Task GetPropertiesAsync(BlobRequest request) => XmlBody.WriteAsync(
        request,
        new XElement(
            "StorageServiceProperties",
            new XElement("Cors"),
            new XElement("DeleteRetentionPolicy", new XElement("Enabled", "false")),
            new XElement("StaticWebsite", new XElement("Enabled", "false"))));

    public Task GetAccountAsync(BlobRequest request)
    {
        request.Response.Headers["x-ms-sku-name"] = "Standard_LRS";
        request.Response.Headers["x-ms-account-kind"] = "StorageV2";
        request.Response.Headers["x-ms-is-hns-enabled"] = "false";
        return Task.CompletedTask;
    }

    private XElement Describe(string name, ContainerRecord record, bool metadata)
    {
        LeaseState state = LeaseStates.StateAt(record.Lease, time.GetUtcNow());
        var properties = new XElement(
            "Properties",
            new XElement("Last-Modified", ResponseHeaders.Http(record.LastModified)),
            new XElement("Etag", record.ETag.Trim('"')),
            new XElement("LeaseStatus", state.Locks() ? "locked" : "unlocked"),
            new XElement("LeaseState", state.Header()),
            new XElement("HasImmutabilityPolicy", "false"),
            new XElement("HasLegalHold", "false"));
        if (state == LeaseState.Leased)
            properties.Add(new XElement("LeaseDuration", record.Lease!.Duration is null ? "infinite" : "fixed"));
        if (record.PublicAccess is not null)
            properties.Add(new XElement("PublicAccess", record.PublicAccess));
        var element = new XElement("Container", new XElement("Name", name), properties);
        if (metadata)
            element.Add(new XElement("Metadata", record.Metadata.Select(pair => new XElement(pair.Key, pair.Value))));
        return element;
    }
}
