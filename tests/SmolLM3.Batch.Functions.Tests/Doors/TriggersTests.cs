using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Functions.Tests.Doors;

public class TriggersTests
{
    private static readonly List<MethodInfo> Functions =
        [.. typeof(JobFunctions).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)];

    [Fact]
    public void ServiceBusTriggers_ListenToTheQueuesAndSettleThemselves()
    {
        var triggers = Functions.SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<ServiceBusTriggerAttribute>()).OfType<ServiceBusTriggerAttribute>().ToList();
        Assert.Equal([QueueNames.Events, QueueNames.Jobs, QueueNames.Uploads], triggers.Select(trigger => trigger.QueueName!).Order());
        Assert.All(triggers, trigger => Assert.False(trigger.AutoCompleteMessages));
        Assert.All(triggers, trigger => Assert.Equal("ServiceBus", trigger.Connection));
        Assert.All(triggers, trigger => Assert.Equal(trigger.QueueName == QueueNames.Events, trigger.IsSessionsEnabled));
    }

    [Fact]
    public void Functions_HaveNamesAndRoutesOfTheirOwn()
    {
        Assert.Equal(Functions.Count, Functions.Select(method => method.GetCustomAttribute<FunctionAttribute>()!.Name).Distinct().Count());
        var routes = Functions.SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).OfType<HttpTriggerAttribute>()
            .SelectMany(trigger => trigger.Methods!.Select(method => $"{method} {trigger.Route}")).ToList();
        Assert.Equal(routes.Count, routes.Distinct().Count());
        Assert.All(routes, route => Assert.Matches("^(get|post|delete) (api|v1)/", route));
    }

    [Fact]
    public void HostJson_LeavesPrefixAndSettlementToTheCode()
    {
        var host = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")))!;
        Assert.Equal("", (string?)host["extensions"]!["http"]!["routePrefix"]);
        Assert.False((bool)host["extensions"]!["serviceBus"]!["autoCompleteMessages"]!);
    }
}
