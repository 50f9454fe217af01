using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>What a compiler would take in another form too, and the design would not.</summary>
public sealed partial class DesignTests
{
    [Fact]
    public void EveryRoleAssignment_IsOnTheResourceItself()
    {
        string roles = BicepFile.Named("modules/rbac.bicep").Text;

        var scopes = Assignment().Matches(roles).Select(match => $"{match.Groups[1].Value}: {match.Groups[2].Value}");

        Assert.Equal(
            ["containerAssignments: grantedContainers[i]", "hostAssignment: hostStorage", "pullAssignment: registry", "queueAssignments: grantedQueues[i]", "telemetryAssignment: component"],
            scopes.Order());
        Assert.DoesNotContain(
            "roleAssignments", string.Concat(BicepFile.All.Where(file => file.Name != "modules/rbac.bicep").Select(file => file.Text)),
            StringComparison.Ordinal);
    }

    /// <summary>Delivery, dead letters and scaling are by an identity that is given, at every place.</summary>
    [Theory]
    [InlineData("modules/event-grid.bicep", @"WithResourceIdentity: \{\s+identity: \{\s+type: 'UserAssigned'\s+userAssignedIdentity: identityId", 2)]
    [InlineData("modules/worker.bicep", @"type: 'azure-servicebus'\s+metadata: queueMetadata\s+identity: scalerIdentityId", 2)]
    [InlineData("modules/worker.bicep", @"server: registryHost, identity: identityId", 1)]
    [InlineData("modules/functions.bicep", @"authentication: \{\s+type: 'UserAssignedIdentity'\s+userAssignedIdentityResourceId: identityId", 1)]
    public void Connection_IsByIdentity(string file, string pattern, int times) => Has(file, pattern, times);

    [Theory]
    [InlineData("modules/functions.bicep", @"name: 'FC1'\s+tier: 'FlexConsumption'", 1)]
    [InlineData("modules/functions.bicep", @"runtime: \{\s+name: 'dotnet-isolated'\s+version: '10\.0'", 1)]
    [InlineData("modules/container-apps-environment.bicep", @"A100: 'Consumption-GPU-NC24-A100'\s+T4: 'Consumption-GPU-NC8as-T4'", 1)]
    [InlineData("modules/worker.bicep", @"triggerType: 'Event'", 1)]
    [InlineData("modules/worker.bicep", @"minExecutions: 0\s+maxExecutions: maxCount\s+pollingInterval: pollingSeconds", 1)]
    [InlineData("modules/worker.bicep", @"minReplicas: minCount\s+maxReplicas: maxCount\s+pollingInterval: pollingSeconds", 1)]
    public void Compute_IsThatOfTheDesign(string file, string pattern, int times) => Has(file, pattern, times);

    [Theory]
    [InlineData("metricName: 'DeadletteredMessages'")]
    [InlineData("metricName: 'ActiveMessages'")]
    [InlineData("query: unfinishedJobs")]
    [InlineData("query: failedJobs")]
    public void Alert_IsThere_AndGoesToTheMail(string rule)
    {
        string alerts = BicepFile.Named("modules/alerts.bicep").Text;
        int at = alerts.IndexOf(rule, StringComparison.Ordinal);

        Assert.True(at >= 0, $"no alert with {rule}");
        Assert.Contains("actionGroup.id", alerts[at..], StringComparison.Ordinal);
    }

    /// <summary>
    /// With private networking everything is closed but to endpoints, their names lead to them, and Event Grid still gets through.
    /// </summary>
    [Theory]
    [InlineData("modules/storage.bicep", @"bypass: 'AzureServices'\s+defaultAction: restrictNetwork \? 'Deny' : 'Allow'", 1)]
    [InlineData("modules/service-bus.bicep", @"networkRuleSets@[\d-]+' = if \(premium\)", 1)]
    [InlineData("modules/service-bus.bicep", @"defaultAction: 'Deny'", 1)]
    [InlineData("modules/service-bus.bicep", @"trustedServiceAccessEnabled: true", 1)]
    [InlineData("modules/private-endpoints.bicep", @"'privatelink\.blob\.\$\{environment\(\)\.suffixes\.storage\}'\s+'privatelink\.servicebus\.windows\.net'\s+'privatelink\$\{environment\(\)\.suffixes\.acrLoginServer\}'", 1)]
    [InlineData("modules/private-endpoints.bicep", @"groupId: '(blob|namespace|registry)'", 4)]
    [InlineData("modules/container-apps-environment.bicep", @"infrastructureSubnetId: subnetId\s+internal: true", 1)]
    [InlineData("main.bicep", @"premium: enablePrivateNetworking|restrictNetwork: enablePrivateNetworking", 4)]
    public void PrivateNetworking_ClosesWhatItMay_AndOpensWhatItMust(string file, string pattern, int times) => Has(file, pattern, times);

    [Fact]
    public void Budget_KeepsTheDayThatItBeganOn()
    {
        Has("main.bicep", @"startDate: empty\(budgetStart\) \? thisMonth : budgetStart", 1);
        Assert.Contains("keep budgetStart BUDGET_START", Repository.Read("infra", "keep.sh"), StringComparison.Ordinal);
        Assert.Contains(
            "\"budgetStart\": { \"value\": \"${BUDGET_START=}\" }", Repository.Read("bicep", "main.parameters.json"),
            StringComparison.Ordinal);
    }

    private static void Has(string file, string pattern, int times) =>
        Assert.Equal(times, Regex.Count(BicepFile.Named(file).Text, pattern));

    [GeneratedRegex(@"resource (\w+) 'Microsoft\.Authorization/roleAssignments@[\d-]+' = .*\n  scope: (\S+)")]
    private static partial Regex Assignment();
}
