using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace SmolLM3.Batch.Worker.Tests.Health;

public class HealthAddressTests
{
    [Theory]
    [InlineData(null, "http://localhost:8080")]
    [InlineData("*", "http://*:8080")]
    public void AddSmolLM3Worker_Checks_ListenWhereTheyAreToldAndOnLoopbackByDefault(string? address, string expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (address is not null)
            builder.Configuration.AddInMemoryCollection([new("Worker:HealthAddress", address)]);
        builder.AddSmolLM3Worker();
        Assert.Equal(expected, builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }
}
