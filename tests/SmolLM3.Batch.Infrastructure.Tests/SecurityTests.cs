using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Infrastructure.Tests;

public sealed partial class SecurityTests
{
    private static readonly Dictionary<string, string> BuiltInRoles = new()
    {
        ["storageBlobDataOwner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["storageBlobDataContributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["storageBlobDataReader"] = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        ["serviceBusDataOwner"] = "090c5cfd-751d-490a-894a-3ce6f1109419",
        ["serviceBusDataReceiver"] = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
        ["serviceBusDataSender"] = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        ["acrPull"] = "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        ["monitoringMetricsPublisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
    };

    [Fact]
    public void EveryRole_IsABuiltInOne_AndGranted()
    {
        string rbac = BicepFile.Named("modules/rbac.bicep").Text;
        var declared = RoleVariable().Matches(rbac).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

        Assert.Equal(BuiltInRoles.OrderBy(role => role.Key), declared.OrderBy(role => role.Key));
        Assert.All(declared.Keys, role => Assert.True(Regex.Count(rbac, $@"\b{role}\b") > 1, $"{role} is granted to nobody"));
    }

    [Fact]
    public void RoleAssignments_StandInOneModule()
    {
        Assert.Equal(["modules/rbac.bicep"], BicepFile.All.Where(
            file => file.Text.Contains("Microsoft.Authorization/", StringComparison.Ordinal)).Select(file => file.Name));
        Assert.All(BicepFile.All.Where(file => file.Name != "modules/rbac.bicep"), file => Assert.DoesNotMatch(Guid(), file.Text));
    }

    [Theory]
    [InlineData("functionsPrincipalId", "documents: Reader; events: Owner; jobs: Contributor; jobs: Owner; results: Contributor; uploads: Owner; work: Receiver; work: Sender")]
    [InlineData("workerPrincipalId", "documents: Reader; events: Sender; jobs: Contributor; models: Reader; results: Contributor; work: Receiver")]
    [InlineData("scalerPrincipalId", "work: Owner")]
    [InlineData("eventsPrincipalId", "event-dead-letters: Contributor; uploads: Sender")]
    public void Identity_HasExactlyTheseGrants(string principal, string expected)
    {
        var grants = Grant().Matches(BicepFile.Named("modules/rbac.bicep").Text)
            .Where(match => match.Groups[2].Value == principal)
            .Select(match => $"{match.Groups[1].Value}: {match.Groups[3].Value}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join("; ", grants));
    }

    [Fact]
    public void NoFile_AsksForAKeyOrHandsOneOut()
    {
        string[] forbidden = ["listKeys", "listSecrets", "listAccountSas", "listServiceSas", "listCredentials", "SharedAccessKey", "AccountKey=", "primaryKey", "passwordSecretRef", "adminUserEnabled: true", "connectionString:"];
        foreach (BicepFile file in BicepFile.All)
        {
            Assert.All(forbidden, word => Assert.DoesNotContain(word, file.Text, StringComparison.OrdinalIgnoreCase));
            Assert.All(file.Outputs, output => Assert.DoesNotMatch("(?i)(key|secret|password|token|connection)", output));
        }
    }

    [Fact]
    public void EveryService_RefusesKeys()
    {
        Assert.Contains("allowSharedKeyAccess: false", BicepFile.Named("modules/storage.bicep").Text, StringComparison.Ordinal);
        Assert.Contains("allowBlobPublicAccess: false", BicepFile.Named("modules/storage.bicep").Text, StringComparison.Ordinal);
        Assert.Contains("disableLocalAuth: true", BicepFile.Named("modules/service-bus.bicep").Text, StringComparison.Ordinal);
        Assert.Contains("adminUserEnabled: false", BicepFile.Named("modules/registry.bicep").Text, StringComparison.Ordinal);
        Assert.Contains("DisableLocalAuth: true", BicepFile.Named("modules/monitoring.bicep").Text, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(BicepFile.Named("modules/functions.bicep").Text, @"allow: false"));
    }

    [Fact]
    public void HttpApi_IsClosedToTheUnknown()
    {
        string functions = BicepFile.Named("modules/functions.bicep").Text;

        Assert.Contains("requireAuthentication: true", functions, StringComparison.Ordinal);
        Assert.Contains("unauthenticatedClientAction: 'Return401'", functions, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(functions, @"excludedPaths: \[\s+'/api/health'\s+\]"));
    }

    [Fact]
    public void Workflows_AndScripts_HoldNoSecrets()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, ".github", "workflows")).Concat(
            Directory.GetFiles(Path.Combine(Repository.Root, "infra"))))
        {
            string text = File.ReadAllText(file);
            Assert.DoesNotContain("secrets.", text, StringComparison.Ordinal);
            Assert.DoesNotContain("AccountKey", text, StringComparison.Ordinal);
            Assert.DoesNotContain("--password", text, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"^var (\w+) = '([0-9a-f]{8}-[0-9a-f-]{27})'", RegexOptions.Multiline)]
    private static partial Regex RoleVariable();

    [GeneratedRegex(@"'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'")]
    private static partial Regex Guid();

    [GeneratedRegex(@"\{ (?:container|queue): '([\w-]+)', principalId: (\w+), role: \w+Data(\w+),")]
    private static partial Regex Grant();
}
