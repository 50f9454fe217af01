namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>In the services once ConfigureFunctionsWebApplication was called.</summary>
internal sealed class WebApplicationMarker;
