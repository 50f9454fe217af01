using System.CommandLine;
using SmolLM3.Batch.Cli.Commands;

namespace SmolLM3.Batch.Cli.Tests.Commands;

public sealed class PromptCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[]", "--messages holds no message.")]
    [InlineData("""[{"role":"user","content":"a"},{"role":"owner","content":"b"}]""", "Message 2 has the role 'owner'.")]
    [InlineData("""[{"role":"user"}]""", "Message 1 has no text 'content'.")]
    public async Task Invoke_MessagesThatAreNoChat_SaysWhatIsWrong(string messages, string expected)
    {
        string[] arguments = ["--messages", _folder.Write("messages.json", messages)];
        var parsed = PromptCommand.Create().Parse(arguments);

        var error = await Assert.ThrowsAsync<CliException>(
            () => parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));

        Assert.StartsWith(expected, error.Message);
    }
}
