namespace SmolLM3.Batch.Infrastructure.Tests;

public sealed class ResourceTests
{
    /// <summary>
    /// Every resource type that may be used, with its version: the newest generally available one that the Azure Verified Modules use,
    /// and for the children of a storage account or site that of their parent. Diagnostic settings have never left preview.
    /// </summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["Microsoft.App/containerApps"] = "2026-01-01",
        ["Microsoft.App/jobs"] = "2026-01-01",
        ["Microsoft.App/managedEnvironments"] = "2026-01-01",
        ["Microsoft.Authorization/roleAssignments"] = "2022-04-01",
        ["Microsoft.Consumption/budgets"] = "2024-08-01",
        ["Microsoft.ContainerRegistry/registries"] = "2025-11-01",
        ["Microsoft.EventGrid/systemTopics"] = "2025-02-15",
        ["Microsoft.EventGrid/systemTopics/eventSubscriptions"] = "2025-02-15",
        ["Microsoft.Insights/actionGroups"] = "2023-01-01",
        ["Microsoft.Insights/components"] = "2020-02-02",
        ["Microsoft.Insights/diagnosticSettings"] = "2021-05-01-preview",
        ["Microsoft.Insights/metricAlerts"] = "2018-03-01",
        ["Microsoft.Insights/scheduledQueryRules"] = "2023-12-01",
        ["Microsoft.Insights/workbooks"] = "2023-06-01",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "2024-11-30",
        ["Microsoft.Network/natGateways"] = "2025-05-01",
        ["Microsoft.Network/networkSecurityGroups"] = "2025-05-01",
        ["Microsoft.Network/privateDnsZones"] = "2024-06-01",
        ["Microsoft.Network/privateDnsZones/virtualNetworkLinks"] = "2024-06-01",
        ["Microsoft.Network/privateEndpoints"] = "2025-05-01",
        ["Microsoft.Network/privateEndpoints/privateDnsZoneGroups"] = "2025-05-01",
        ["Microsoft.Network/publicIPAddresses"] = "2025-05-01",
        ["Microsoft.Network/virtualNetworks"] = "2025-05-01",
        ["Microsoft.OperationalInsights/workspaces"] = "2025-07-01",
        ["Microsoft.Resources/resourceGroups"] = "2025-04-01",
        ["Microsoft.ServiceBus/namespaces"] = "2024-01-01",
        ["Microsoft.ServiceBus/namespaces/networkRuleSets"] = "2024-01-01",
        ["Microsoft.ServiceBus/namespaces/queues"] = "2024-01-01",
        ["Microsoft.Storage/storageAccounts"] = "2025-06-01",
        ["Microsoft.Storage/storageAccounts/blobServices"] = "2025-06-01",
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = "2025-06-01",
        ["Microsoft.Storage/storageAccounts/managementPolicies"] = "2025-06-01",
        ["Microsoft.Web/serverfarms"] = "2025-03-01",
        ["Microsoft.Web/sites"] = "2025-03-01",
        ["Microsoft.Web/sites/basicPublishingCredentialsPolicies"] = "2025-03-01",
        ["Microsoft.Web/sites/config"] = "2025-03-01",
    };

    [Fact]
    public void EveryResource_IsOfAnAllowedTypeAndVersion()
    {
        var used = BicepFile.All.SelectMany(file => file.Resources).Distinct().ToList();

        Assert.Empty(used.Where(resource => Allowed.GetValueOrDefault(resource.Type) != resource.Version).Select(resource => $"{resource.Type}@{resource.Version}"));
        Assert.Empty(Allowed.Keys.Except(used.Select(resource => resource.Type)));
    }

    [Fact]
    public void EveryResource_IsCounted()
    {
        // The pattern that finds resources must miss none.
        foreach (BicepFile file in BicepFile.All)
            Assert.Equal(file.Text.Split('\n').Count(line => line.StartsWith("resource ", StringComparison.Ordinal)), file.Resources.Count);
    }
}
