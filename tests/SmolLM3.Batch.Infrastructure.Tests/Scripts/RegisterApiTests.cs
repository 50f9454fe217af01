namespace SmolLM3.Batch.Infrastructure.Tests.Scripts;

public sealed class RegisterApiTests : IDisposable
{
    private readonly ScriptRunner _scripts = new();

    [Fact]
    public void Register_MakesAnApplication_WhosePermissionComesBeforeThoseWhoMayUseIt()
    {
        Azure(known: "", principal: "exit 1");

        var (exit, output, errors) = _scripts.Run("register-api.sh", ["dev"]);

        Assert.True(exit == 0, errors);
        Assert.Equal("client", output.Trim());
        int[] steps =
        [
            _scripts.Index("az ad app create --display-name smollm3-batch-dev"),
            _scripts.Index("az ad sp create --id client"),
            _scripts.Index(
                "az rest --method patch", "appId='client'", "api://client", "\"requestedAccessTokenVersion\":2", "oauth2PermissionScopes"),
            _scripts.Index("az rest --method patch", "preAuthorizedApplications"),
        ];
        Assert.Equal(steps.Order(), steps);
        _scripts.NoCall("password");
        _scripts.NoCall("credential");
    }

    [Fact]
    public void Register_OfWhatIsThere_MakesNothingNew()
    {
        Azure(known: "client", principal: "echo '{}'");

        var (exit, output, errors) = _scripts.Run("register-api.sh", ["dev"]);

        Assert.True(exit == 0, errors);
        Assert.Equal("client", output.Trim());
        _scripts.NoCall(" create");
    }

    public void Dispose() => _scripts.Dispose();

    private void Azure(string known, string principal) => _scripts.With("az", $$"""
        case "$*" in
          "ad app list"*) echo {{known}} ;;
          "ad app create"*) echo client ;;
          "ad sp show"*) {{principal}} ;;
        esac
        """);
}
