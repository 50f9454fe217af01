using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>Lists and names.</summary>
public abstract partial class BlobContractTests
{
    [Fact]
    public async Task List_Flat_IsOrderedAndPaged()
    {
        string[] names = ["a", "a-b", "a/b", "a/c/d", "a.txt", "b/1", "b/2", "B", "z", "ä"];
        foreach (string name in names)
            await PutAsync(name, name);

        var pages = new List<string[]>();
        await foreach (Page<BlobItem> page in _container.GetBlobsAsync().AsPages(pageSizeHint: 3))
            pages.Add(page.Values.Select(item => item.Name).ToArray());

        Assert.All(pages.SkipLast(1), page => Assert.Equal(3, page.Length));
        Assert.Equal(names.Order(StringComparer.Ordinal), pages.SelectMany(page => page));
    }

    [Fact]
    public async Task List_WithPrefixAndTraits_TellsSizeAndMetadata()
    {
        await PutAsync("a/other", "x");
        BlobClient blob = await PutAsync("jobs/1/job.json", "12345", ("state", "running"));

        BlobItem item = Assert.Single(await _container.GetBlobsAsync(BlobTraits.Metadata, prefix: "jobs/1/").ToListAsync());

        Assert.Equal("jobs/1/job.json", item.Name);
        Assert.Equal(5, item.Properties.ContentLength);
        Assert.Equal("running", item.Metadata["state"]);
        Assert.Equal($"{(await blob.GetPropertiesAsync()).Value.ETag}".Trim('"'), $"{item.Properties.ETag}".Trim('"'));
        Assert.Equal(BlobType.Block, item.Properties.BlobType);
        Assert.Empty(await _container.GetBlobsAsync(prefix: "jobs/2").ToListAsync());
    }

    [Fact]
    public async Task List_ByHierarchy_FoldsFolders()
    {
        foreach (string name in (string[])["a", "b/1", "b/2", "b/c/3", "b.txt", "d/e/f"])
            await PutAsync(name, "x");

        var top = new List<string>();
        await foreach (Page<BlobHierarchyItem> page in _container.GetBlobsByHierarchyAsync(delimiter: "/").AsPages(pageSizeHint: 2))
            top.AddRange(page.Values.Select(item => item.IsPrefix ? item.Prefix : item.Blob.Name));
        var inner = await _container.GetBlobsByHierarchyAsync(delimiter: "/", prefix: "b/").ToListAsync();

        Assert.Equal(["a", "b.txt", "b/", "d/"], top.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["b/1", "b/2", "b/c/"], inner.Select(item => item.IsPrefix ? item.Prefix : item.Blob.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("naïve résumé.pdf")]
    [InlineData("合同/第一份 协议.md")]
    [InlineData("🦙 emoji & ampersand <tag> \"quoted\" 'single'")]
    [InlineData("percent%41%2Fplus+and space")]
    [InlineData("UPPER/lower/Upper")]
    [InlineData(".hidden/.file")]
    [InlineData("trailing.")]
    [InlineData("con?query=1#fragment:colon|pipe*star")]
    [InlineData("deep/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p")]
    public async Task Names_OfAnyKind_RoundTrip(string name)
    {
        BlobClient blob = await PutAsync(name, name);

        Assert.Equal(name, (await blob.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal(name, Assert.Single(await _container.GetBlobsAsync().ToListAsync()).Name);
        await blob.DeleteAsync();
        Assert.Empty(await _container.GetBlobsAsync().ToListAsync());
    }

    [Fact]
    public async Task Names_OfGreatLength_RoundTrip()
    {
        string[] names = [new('x', 1024), string.Join('/', Enumerable.Repeat(new string('y', 100), 10)), new('é', 400)];
        foreach (string name in names)
            await PutAsync(name, name);

        Assert.Equal(names.Order(StringComparer.Ordinal), await _container.GetBlobsAsync().Select(item => item.Name).ToListAsync());
        foreach (string name in names)
            Assert.Equal(name, (await _container.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Names_ThatDifferInCaseOrNest_AreDifferentBlobs()
    {
        string[] names = ["Report", "report", "report/a", "report/a/b"];
        foreach (string name in names)
            await PutAsync(name, name);

        foreach (string name in names)
            Assert.Equal(name, (await _container.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal(names, await _container.GetBlobsAsync().Select(item => item.Name).ToListAsync());

        await _container.GetBlobClient("report").DeleteAsync();
        Assert.Equal(["Report", "report/a", "report/a/b"], await _container.GetBlobsAsync().Select(item => item.Name).ToListAsync());
    }
}
