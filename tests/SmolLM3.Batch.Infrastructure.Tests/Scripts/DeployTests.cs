namespace SmolLM3.Batch.Infrastructure.Tests.Scripts;

public sealed class DeployTests : IDisposable
{
    private const string Outputs =
        """{"azurE_RESOURCE_GROUP":{"value":"rg-x"},"functioN_APP_NAME":{"value":"func-x"},"registrY_NAME":{"value":"crx"},"registrY_HOST":{"value":"crx.azurecr.io"},"workeR_KIND":{"value":"%KIND%"},"workeR_NAME":{"value":"worker-x"},"workeR_IDENTITY_ID":{"value":"/id/worker"},"workeR_HARDWARE":{"value":"T4"},"storagE_ACCOUNT_NAME":{"value":"stx"},"apI_ENDPOINT":{"value":"https://x"}}""";

    private readonly ScriptRunner _scripts = new();

    [Fact]
    public void Deploy_OfWhatIsThere_KeepsImageAndBudget_ThenBuildsAndSetsTheNewImage_ThenDeploysTheFunctions()
    {
        Azure();

        var (exit, output, errors) = _scripts.Run(
            "deploy.sh", ["dev", "swedencentral", "alertEmail=ops@contoso.com"], variables: ("IMAGE_TAG", "new"));

        Assert.True(exit == 0, errors);
        int[] steps =
        [
            _scripts.Index("az deployment sub create --name smollm3-batch-dev --location swedencentral", "@", "parameters/dev.json",
                "workerImage=crx.azurecr.io/worker:old", "budgetStart=2026-03-01", "operatorPrincipalId=me", "alertEmail=ops@contoso.com"),
            _scripts.Index("az acr build --registry crx --image worker:new", "infra/worker.Dockerfile"),
            _scripts.Index("az containerapp job registry set --name worker-x", "--server crx.azurecr.io --identity /id/worker"),
            _scripts.Index("az containerapp job update --name worker-x --resource-group rg-x --image crx.azurecr.io/worker:new"),
            _scripts.Index("dotnet publish", "-p:BuildFor=azure"),
            _scripts.Index("az functionapp deployment source config-zip --name func-x"),
            _scripts.Index("curl", "https://x/api/health"),
        ];
        Assert.Equal(steps.Order(), steps);
        Assert.Contains("infra/copy-model.sh stx", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Deploy_ForTheFirstTime_KeepsNothing()
    {
        Azure(exists: "false");

        var (exit, _, errors) = _scripts.Run("deploy.sh", ["dev", "swedencentral"]);

        Assert.True(exit == 0, errors);
        _scripts.NoCall("workerImage=");
        _scripts.NoCall("budgetStart=");
        _scripts.NoCall("delete");
    }

    [Fact]
    public void Deploy_OfAnApp_UpdatesAnApp()
    {
        Azure(kind: "app");

        var (exit, _, errors) = _scripts.Run("deploy.sh", ["dev", "swedencentral", "workerKind=app"]);

        Assert.True(exit == 0, errors);
        _scripts.Index("az containerapp update --name worker-x");
        _scripts.NoCall("containerapp job");
        _scripts.Index("az resource delete --ids /subscriptions/0/old-job");
    }

    [Fact]
    public void Deploy_WhereItCannotSeeWhatRuns_Stops()
    {
        Azure(listing: "exit 1");

        var (exit, _, _) = _scripts.Run("deploy.sh", ["dev", "swedencentral"]);

        Assert.NotEqual(0, exit);
        _scripts.NoCall("deployment sub create");
    }

    [Fact]
    public void Deploy_ByAnApplication_NamesNoOperator()
    {
        Azure(user: "exit 1");

        var (exit, _, errors) = _scripts.Run("deploy.sh", ["dev", "swedencentral"]);

        Assert.True(exit == 0, errors);
        _scripts.NoCall("operatorPrincipalId");
    }

    [Fact]
    public void Deploy_WhoseImageDoesNotBuild_LeavesTheWorkerAlone()
    {
        Azure(build: "exit 1");

        var (exit, _, _) = _scripts.Run("deploy.sh", ["dev", "swedencentral"]);

        Assert.NotEqual(0, exit);
        _scripts.Index("az acr build");
        _scripts.NoCall("containerapp");
        _scripts.NoCall("config-zip");
    }

    [Fact]
    public void Deploy_OfFunctionsThatDoNotAnswer_Fails()
    {
        Azure();
        _scripts.With("curl", "exit 22").With("sleep");

        var (exit, _, errors) = _scripts.Run("deploy.sh", ["dev", "swedencentral"]);

        Assert.NotEqual(0, exit);
        Assert.Contains("https://x/api/health does not answer", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Deploy_WhatIf_ChangesNothing()
    {
        Azure();

        var (exit, _, errors) = _scripts.Run("deploy.sh", ["dev", "swedencentral"], variables: ("WHAT_IF", "1"));

        Assert.True(exit == 0, errors);
        _scripts.Index("az deployment sub what-if", "workerImage=crx.azurecr.io/worker:old");
        _scripts.NoCall(" create");
        _scripts.NoCall("acr build");
    }

    [Theory]
    [InlineData("Dev")]
    [InlineData("my_env")]
    [InlineData("-dev")]
    [InlineData("a-name-of-21-letters-")]
    public void Deploy_OfANameThatResourcesCannotBear_IsRefused(string environment)
    {
        Azure();

        var (exit, _, errors) = _scripts.Run("deploy.sh", [environment, "swedencentral"]);

        Assert.NotEqual(0, exit);
        Assert.Contains("cannot be the name of an environment", errors, StringComparison.Ordinal);
        Assert.Empty(_scripts.Calls);
    }

    [Theory]
    [InlineData("nowhere", "there is no")]
    [InlineData("dev", "parameters are given as NAME=VALUE", "T4")]
    public void Deploy_OfWhatItCannotKnow_SaysSo(string environment, string expected, params string[] more)
    {
        Azure();

        var (exit, _, errors) = _scripts.Run("deploy.sh", [environment, "swedencentral", .. more]);

        Assert.NotEqual(0, exit);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        _scripts.NoCall("deployment");
    }

    [Fact]
    public void Keep_ForAzd_StoresInItsEnvironment()
    {
        Azure();
        _scripts.With("azd");

        var (exit, _, errors) = _scripts.Run("keep.sh", ["dev", "azd"]);

        Assert.True(exit == 0, errors);
        _scripts.Index("azd env set WORKER_IMAGE crx.azurecr.io/worker:old");
        _scripts.Index("azd env set BUDGET_START 2026-03-01");
    }

    [Theory]
    [InlineData("keep.sh", "dev", "azd")]
    [InlineData("deploy-code.sh")]
    public void AzdHook_WhereAzWorksOnAnotherSubscription_Stops(string script, params string[] arguments)
    {
        Azure();
        _scripts.With("azd");

        var (exit, _, errors) = _scripts.Run(script, arguments, variables: ("AZURE_SUBSCRIPTION_ID", "that"));

        Assert.NotEqual(0, exit);
        Assert.Contains("az works on subscription this, azd on that", errors, StringComparison.Ordinal);
        _scripts.NoCall("azd env set");
        _scripts.NoCall("acr build");
    }

    public void Dispose() => _scripts.Dispose();

    private void Azure(
        string kind = "job", string exists = "true", string listing = "echo /subscriptions/0/worker", string user = "echo me",
        string build = "") => _scripts
        .With("az", $$"""
            case "$*" in
              "account show --query id"*) echo this ;;
              "group exists"*) echo {{exists}} ;;
              "deployment sub show"*) echo '{{Outputs.Replace("%KIND%", kind, StringComparison.Ordinal)}}' ;;
              "resource list"*--resource-type\ Microsoft.App/jobs*) echo /subscriptions/0/old-job ;;
              "resource list"*--resource-type*) ;;
              "resource list"*) {{listing}} ;;
              "resource show"*) echo crx.azurecr.io/worker:old ;;
              "rest --method get"*budgets*) echo 2026-03-01T00:00:00Z ;;
              "ad signed-in-user show"*) {{user}} ;;
              "acr build"*) {{build}} ;;
            esac
            """)
        .With("dotnet", """mkdir -p "$(echo "$*" | sed 's/.*--output \([^ ]*\).*/\1/')" """)
        .With("zip")
        .With("curl");
}
