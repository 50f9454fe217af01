using Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker.Builder;

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(WebApplicationMarker)))
            return builder;
        builder.Services.AddSingleton<WebApplicationMarker>();
        // What results need to execute. All of MVC, which the real one adds, would also write data protection keys to the user's home.
        builder.Services.AddControllers();
        return builder;
    }
}
