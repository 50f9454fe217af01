using System.Reflection;
using System.Reflection.Emit;
using Local.Microsoft.Azure.Functions.Worker.Tests.Functions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Hosting;

namespace Local.Microsoft.Azure.Functions.Worker.Tests;

public sealed class HostTests
{
    [Fact]
    public async Task Start_ListsTheFunctionsAsCoreToolsDoes()
    {
        await using var test = await TestHost.StartAsync();
        var url = test.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

        var lines = test.Listed.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("Functions:", lines[0]);
        Assert.Contains($"        Echo: [GET] {url}/api/echo/{{id}}/{{number:int}}", lines);
        Assert.Contains($"        Result: [POST] {url}/api/result", lines);
        Assert.Contains("        Plain: serviceBusTrigger", lines);
        Assert.Contains("        EveryMinute: timerTrigger", lines);
        Assert.Equal(lines[1..].Order(StringComparer.OrdinalIgnoreCase), lines[1..]);
    }

    [Fact]
    public async Task LocalSettings_Values_AreConfigurationAndYieldToTheEnvironment()
    {
        await using var test = await TestHost.StartAsync(
            localSettings: """
                { "IsEncrypted": false, "Values": { "PlainQueue": "typed", "RouteName": "chosen", "TimerSchedule": "0 0 0 1 1 *", "Nested__Name": "yes" } }
                """,
            settings: new Dictionary<string, string?>(),
            configure: builder =>
            {
                Assert.Equal("typed", builder.Configuration["PlainQueue"]);
                Assert.Equal("yes", builder.Configuration["Nested:Name"]);
                builder.Configuration["PlainQueue"] = "plain";
                builder.Configuration["ServiceBus"] = builder.Configuration["ServiceBusOfTest"];
            });
        await test.SendAsync("plain", "hello");

        await test.Signals.UntilAsync("plain hello 1");
    }

    [Fact]
    public async Task Connection_AsASectionWithANamespace_IsTheFilesUrl()
    {
        await using var test = await TestHost.StartAsync(settings: new Dictionary<string, string?>
        {
            ["PlainQueue"] = "plain",
            ["RouteName"] = "chosen",
            ["TimerSchedule"] = "0 0 0 1 1 *",
        }, configure: builder =>
            builder.Configuration["ServiceBus:fullyQualifiedNamespace"] = builder.Configuration["ServiceBusOfTest"]!["Endpoint=".Length..]);
        await test.SendAsync("plain", "hello");

        await test.Signals.UntilAsync("plain hello 1");
    }

    [Theory]
    [InlineData("PlainQueue", "'%PlainQueue%' does not resolve to a value")]
    [InlineData("ServiceBus", "The Service Bus connection 'ServiceBus' does not exist")]
    [InlineData("TimerSchedule", "'%TimerSchedule%' does not resolve to a value")]
    public async Task Setting_Missing_StopsTheStartAndNamesIt(string missing, string expected)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestHost.StartAsync(configure: builder => builder.Configuration[missing] = null));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostJson_OfAnotherVersion_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TestHost.StartAsync("{}"));

        Assert.Contains("\"version\": \"2.0\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostJson_Setting_YieldsToItsAppSetting()
    {
        Environment.SetEnvironmentVariable("AzureFunctionsJobHost__extensions__http__routePrefix", "from-setting");
        try
        {
            await using var test = await TestHost.StartAsync("""
                { "version": "2.0", "extensions": { "http": { "routePrefix": "from-file" } } }
                """);
            Assert.Equal("found", await test.Http.GetStringAsync("/from-setting/chosen/here"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("AzureFunctionsJobHost__extensions__http__routePrefix", null);
        }
    }

    [Fact]
    public async Task Middleware_RunsAroundEveryInvocation_FirstAddedOutermost()
    {
        var calls = new List<string>();
        await using var test = await TestHost.StartAsync(configure: builder =>
        {
            builder.UseMiddleware(async (context, next) =>
            {
                lock (calls)
                    calls.Add($"in {context.FunctionDefinition.Name}");
                await next();
                lock (calls)
                    calls.Add($"out {context.FunctionDefinition.Name}");
            });
            builder.UseMiddleware<Stamping>();
        });

        await test.Http.GetStringAsync("/api/echo/x/1");

        Assert.Equal(["in Echo", "out Echo"], calls.Where(call => call.EndsWith(" Echo", StringComparison.Ordinal)));
        Assert.True(Stamping.Count > 0);
    }

    [Fact]
    public async Task Timer_RunOnStartup_RunsOnceWithItsNextTime()
    {
        await using var test = await TestHost.StartAsync();

        await test.Signals.UntilAsync(() => !test.Signals.TimerNotes.IsEmpty, "the timer");
        var note = Assert.Single(test.Signals.TimerNotes);
        Assert.StartsWith("timer ", note, StringComparison.Ordinal);
        Assert.EndsWith("-01-01T00:00:00.0000000Z False", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timer_EverySecond_Fires()
    {
        await using var test = await TestHost.StartAsync(configure: builder => builder.Configuration["TimerSchedule"] = "* * * * * *");

        await test.Signals.UntilAsync(() => test.Signals.TimerNotes.Count >= 3, "three runs");
    }

    [Fact]
    public void Discovery_FindsEveryFunctionOfTheAssembly()
    {
        var names = global::Microsoft.Azure.Functions.Worker.Hosting.FunctionDiscovery.Find(typeof(HttpFunctions).Assembly)
            .Select(function => function.Name);

        Assert.Equal(
            ["Batched", "Binary", "Broken", "DeadLetters", "DeleteEcho", "Echo", "EveryMinute", "FromSetting", "Length", "Manual", "Nothing", "Plain", "Result", "Scope", "Sessions", "Slow", "Typed"],
            names);
    }

    [Fact]
    public void Discovery_FunctionWithoutTrigger_IsRefusedByName()
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Untriggered"), AssemblyBuilderAccess.Run);
        var type = assembly.DefineDynamicModule("m").DefineType("Broken", TypeAttributes.Public);
        var method = type.DefineMethod("Run", MethodAttributes.Public | MethodAttributes.Static);
        method.GetILGenerator().Emit(OpCodes.Ret);
        method.SetCustomAttribute(new CustomAttributeBuilder(typeof(FunctionAttribute).GetConstructor([typeof(string)])!, ["Lonely"]));
        type.CreateType();

        var failure = Assert.Throws<InvalidOperationException>(
            () => global::Microsoft.Azure.Functions.Worker.Hosting.FunctionDiscovery.Find(assembly));

        Assert.Contains("'Lonely'", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Stamping : IFunctionsWorkerMiddleware
    {
        public static int Count;

        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            Interlocked.Increment(ref Count);
            return next(context);
        }
    }
}
