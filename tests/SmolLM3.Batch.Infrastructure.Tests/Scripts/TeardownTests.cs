namespace SmolLM3.Batch.Infrastructure.Tests.Scripts;

public sealed class TeardownTests : IDisposable
{
    private readonly ScriptRunner _scripts = new();

    [Theory]
    [InlineData("dev\n")]
    [InlineData("", "--yes")]
    public void Teardown_Confirmed_DeletesTheGroup(string input, params string[] more)
    {
        Azure("true");

        var (exit, _, errors) = _scripts.Run("teardown.sh", ["dev", .. more], input);

        Assert.True(exit == 0, errors);
        _scripts.Index("az group delete --name rg-smollm3-batch-dev --yes");
        _scripts.Index("az deployment sub delete --name smollm3-batch-dev");
    }

    [Theory]
    [InlineData("yes\n")]
    [InlineData("")]
    public void Teardown_WithoutTheEnvironmentsName_DeletesNothing(string input)
    {
        Azure("true");

        var (exit, _, _) = _scripts.Run("teardown.sh", ["dev"], input);

        Assert.NotEqual(0, exit);
        _scripts.NoCall("delete");
    }

    [Fact]
    public void Teardown_OfWhatIsNotThere_SaysSo()
    {
        Azure("false");

        var (exit, _, errors) = _scripts.Run("teardown.sh", ["dev", "--yes"]);

        Assert.NotEqual(0, exit);
        Assert.Contains("there is no resource group rg-smollm3-batch-dev", errors, StringComparison.Ordinal);
        _scripts.NoCall("delete");
    }

    public void Dispose() => _scripts.Dispose();

    private void Azure(string exists) => _scripts.With("az", $"""[ "$1 $2" != "group exists" ] || echo {exists}""");
}
