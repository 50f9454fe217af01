using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Intake;

public class DocumentResolverTests
{
    [Fact]
    public async Task Resolve_UrlIntoTheContainer_IsThatBlob()
    {
        await using var stack = await LocalStack.StartAsync();
        await stack.UploadAsync("a folder/report.md", "text");

        var document = await ResolveAsync(stack, "a%20folder/report.md");

        Assert.Equal((ContainerNames.Documents, "a folder/report.md"), (document.Container, document.Blob));
    }

    /// <summary>The pipeline's identity may read other containers; whoever names a document may not.</summary>
    [Theory]
    [InlineData("..%2Fjobs%2Fother%2Fdocument.txt")]
    [InlineData("a%2F..%2F..%2Fjobs%2Fother%2Fjob.json")]
    [InlineData("..%5Cjobs%5Cother%5Cdocument.txt")]
    public async Task Resolve_UrlLeadsOutOfTheContainer_IsRefused(string path)
    {
        await using var stack = await LocalStack.StartAsync();

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => ResolveAsync(stack, path));

        Assert.Contains("leads out", refused.Message, StringComparison.Ordinal);
    }

    private static Task<DocumentReference> ResolveAsync(LocalStack stack, string path)
    {
        var request = new JobRequest
        {
            Document = $"{stack.Blobs.GetBlobContainerClient(ContainerNames.Documents).Uri}/{path}", Tasks = [JobsOf.Prompt("x")],
        };
        return stack.Process().GetRequiredService<DocumentResolver>().ResolveAsync(request, JobId.Parse("job"), "fingerprint");
    }
}
