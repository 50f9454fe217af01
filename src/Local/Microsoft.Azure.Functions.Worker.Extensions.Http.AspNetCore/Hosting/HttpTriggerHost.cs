using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

[assembly: TriggerExtension(typeof(HttpTriggerAttribute), typeof(HttpTriggerHost))]

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>Serves the functions with an HTTP trigger by Kestrel, in routes below host.json's prefix.</summary>
internal sealed class HttpTriggerHost(
    IConfiguration configuration, HostJson hostJson, SettingResolver settings, FunctionInvoker invoker, IServiceProvider services,
    ILoggerFactory loggers) : TriggerHost
{
    public const string HttpContextKey = "HttpRequestContext";

    private const long DefaultRequestBodyLimit = 104_857_600;
    private const string WrongMethod = "405 HTTP Method Not Supported";

    private readonly Dictionary<FunctionMethod, string> _routes = [];
    private readonly CancellationTokenSource _givingUp = new();
    private WebApplication? _web;

    public override async Task StartAsync(IReadOnlyList<FunctionMethod> functions, CancellationToken cancellationToken)
    {
        if (services.GetService<WebApplicationMarker>() is null)
        {
            throw new InvalidOperationException(
                $"The function '{functions[0].Name}' has an HTTP trigger with ASP.NET Core types. Call ConfigureFunctionsWebApplication() on the builder.");
        }
        _web = Build(functions);
        try
        {
            await _web.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            throw new InvalidOperationException(
                $"The functions cannot listen on {Urls()}: {failure.Message} Close the process using that port, or set FUNCTIONS_HTTP_PORT.", failure);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_web is null)
            return;
        await using (cancellationToken.Register(_givingUp.Cancel))
        {
            await _web.StopAsync(cancellationToken).ConfigureAwait(false);
            await _web.DisposeAsync().ConfigureAwait(false);
        }
        _givingUp.Dispose();
    }

    public override string Describe(FunctionMethod function)
    {
        var methods = ((HttpTriggerAttribute)function.Trigger).Methods ?? [];
        var url = _web!.Urls.FirstOrDefault() ?? Urls();
        return $"{(methods.Length == 0 ? "" : $"[{string.Join(',', methods.Select(method => method.ToUpperInvariant()))}] ")}{url.TrimEnd('/')}/{_routes[function]}";
    }

    private string Urls()
    {
        if ((configuration["ASPNETCORE_URLS"] ?? configuration["urls"]) is { Length: > 0 } urls)
            return urls;
        return $"http://localhost:{configuration["FUNCTIONS_HTTP_PORT"] ?? "7071"}";
    }

    // A request passes two servers in the cloud: the host's, and the worker's own, which has Kestrel's default of 30 MB.
    private long BodyLimit()
    {
        var host = configuration.GetValue("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", DefaultRequestBodyLimit);
        var worker = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize;
        return Math.Min(host, worker ?? long.MaxValue);
    }

    private WebApplication Build(IReadOnlyList<FunctionMethod> functions)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(Urls().Split(';'));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimit();
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();

        var web = builder.Build();
        web.UseRouting();
        web.Use((http, next) =>
        {
            // The Functions host answers a known route with an unknown method as if there were no route.
            if (http.GetEndpoint()?.DisplayName != WrongMethod)
                return next(http);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        ((IEndpointRouteBuilder)web).DataSources.Add(new DefaultEndpointDataSource(functions.Select(Map).ToList()));
        return web;
    }

    private Endpoint Map(FunctionMethod function)
    {
        var trigger = (HttpTriggerAttribute)function.Trigger;
        var prefix = (hostJson.Extension("http")["routePrefix"] ?? "api").Trim('/');
        var route = settings.Resolve(trigger.Route ?? function.Name).Trim('/');
        _routes[function] = prefix.Length == 0 ? route : $"{prefix}/{route}";
        try
        {
            var endpoint = new RouteEndpointBuilder(
                http => HandleAsync(http, function), RoutePatternFactory.Parse(_routes[function]), order: 0)
            {
                DisplayName = function.Name,
            };
            endpoint.Metadata.Add(new HttpMethodMetadata(trigger.Methods ?? []));
            return endpoint.Build();
        }
        catch (RoutePatternException failure)
        {
            throw new InvalidOperationException(
                $"The function '{function.Name}' is in error: its route '{_routes[function]}' is invalid. {failure.Message}", failure);
        }
    }

    private async Task HandleAsync(HttpContext http, FunctionMethod function)
    {
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _givingUp.Token);
        try
        {
            await invoker.InvokeAsync(
                function, new HttpInput(http), cancelling.Token,
                prepare: context =>
                {
                    // Results find their executors in the function's own scope.
                    http.RequestServices = context.InstanceServices;
                    context.Items[HttpContextKey] = http;
                },
                finish: (_, result) => RespondAsync(http, function, result)).ConfigureAwait(false);
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            // The invocation has logged it; as from the Functions host, the caller learns the status and no more.
            http.Response.Clear();
            http.Response.StatusCode = failure is OperationCanceledException && _givingUp.IsCancellationRequested
                ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status500InternalServerError;
        }
    }

    private static Task RespondAsync(HttpContext http, FunctionMethod function, object? result)
    {
        switch (result)
        {
            case IActionResult action:
                return action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
            case IResult response:
                return response.ExecuteAsync(http);
            case null:
                if (!http.Response.HasStarted && http.Response is { StatusCode: StatusCodes.Status200OK, ContentLength: null, ContentType: null })
                    http.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            default:
                throw new NotSupportedException(
                    $"The function '{function.Name}' returned a {result.GetType()}. With ASP.NET Core integration it must return an IActionResult or an IResult.");
        }
    }

    /// <summary>The Functions host around this server is what signals stop, and what says that it has started.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
