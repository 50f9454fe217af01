using System.CommandLine;
using SmolLM3.Batch.Cli.Commands;

namespace SmolLM3.Batch.Cli.Tests.Commands;

public sealed class SubmitCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("foo")]
    [InlineData("")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=secret?;EndpointSuffix=core.windows.net")]
    public async Task Invoke_StorageIsNoConnectionString_SaysSoAndKeepsIt(string storage)
    {
        string[] arguments = [_folder.Write("a.txt", "a"), "--storage", storage];
        var parsed = SubmitCommand.Create().Parse(arguments);

        var error = await Assert.ThrowsAsync<CliException>(
            () => parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));

        Assert.StartsWith("--storage is no connection string", error.Message);
        Assert.DoesNotContain("secret?", error.Message);
    }
}
