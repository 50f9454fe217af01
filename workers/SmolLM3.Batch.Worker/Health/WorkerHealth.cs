namespace SmolLM3.Batch.Worker;

/// <summary>Liveness and readiness over HTTP.</summary>
public static class WorkerHealth
{
    /// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: the model is loaded and work is taken.</summary>
    public static WebApplication MapWorkerHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Text("live"));
        app.MapGet("/health/ready", (WorkerStatus status) => status.Receiving
            ? TypedResults.Text($"ready, {status.Running} jobs running")
            : TypedResults.Text(
                "not ready: the model is being loaded, or the worker is leaving", statusCode: StatusCodes.Status503ServiceUnavailable));
        return app;
    }
}
