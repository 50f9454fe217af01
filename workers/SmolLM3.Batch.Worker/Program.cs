using SmolLM3.Batch.Worker;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddSmolLM3Worker();

var app = builder.Build();
app.MapWorkerHealth();
await app.RunAsync();
return Environment.ExitCode;
