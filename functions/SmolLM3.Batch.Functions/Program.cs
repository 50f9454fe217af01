using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Functions;
using SmolLM3.Batch.Pipeline;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSmolLM3Pipeline(builder.Configuration);

// The worker's server refuses more than 30 MB unless told otherwise; the setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT does it for the host.
builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<BatchOptions>>(
    (kestrel, batches) => kestrel.Limits.MaxRequestBodySize = batches.Value.MaxFileBytes + FilesApi.FormOverhead);
await builder.Build().RunAsync();
