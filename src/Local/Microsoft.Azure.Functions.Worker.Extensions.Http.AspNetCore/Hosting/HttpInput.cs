using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>A request as the input of a function: route and query values by name, the body by [FromBody].</summary>
internal sealed class HttpInput(HttpContext http) : IInvocationInput
{
    public string Reason => "This function was programmatically called via the host APIs.";

    public IReadOnlyDictionary<string, object?> BindingData { get; } = DataOf(http.Request);

    public async ValueTask<BoundValue> BindAsync(ParameterInfo parameter, bool isTrigger, FunctionContext context)
    {
        if (parameter.ParameterType == typeof(HttpRequest))
            return BoundValue.Of(http.Request);
        if (!isTrigger && !parameter.IsDefined(typeof(FromBodyAttribute)))
            return BoundValue.None;
        var options = context.InstanceServices.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
        return BoundValue.Of(
            await http.Request.ReadFromJsonAsync(parameter.ParameterType, options, context.CancellationToken).ConfigureAwait(false));
    }

    private static Dictionary<string, object?> DataOf(HttpRequest request)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Query)
            data[name] = values.ToString();
        foreach (var (name, value) in request.RouteValues)
            data[name] = value;
        return data;
    }
}
