namespace SmolLM3.Batch.Cli.Planning;

/// <summary>What one GPU would take for a workload, by the engine model and by the simulation.</summary>
internal sealed record PlanReport
{
    public required string Gpu { get; init; }

    public required double DollarsPerHour { get; init; }

    public required double KeyValueTokens { get; init; }

    /// <summary>Parts that a document is read in.</summary>
    public required int Parts { get; init; }

    public required int ConcurrentDocuments { get; init; }

    public required double PrefillSeconds { get; init; }

    /// <summary>GPU seconds of a document with the batch full.</summary>
    public required double SecondsPerDocument { get; init; }

    public required double PagesPerHour { get; init; }

    /// <summary>US dollars for 1,000 pages with workers busy all the time.</summary>
    public required double SteadyDollarsPer1000Pages { get; init; }

    public required SimulationResult Run { get; init; }

    /// <summary>US dollars for the simulated run, cold starts and idle time included.</summary>
    public double Dollars => Run.WorkerSeconds / 3600 * DollarsPerHour;

    public required double Pages { get; init; }

    public double DollarsPer1000Pages => Dollars / Pages * 1000;

    /// <summary>Computes a report; null where a document does not fit the GPU.</summary>
    public static PlanReport? Of(GpuOffer gpu, PriceSheet sheet, Workload documents, SimulationOptions options)
    {
        var engine = new EngineModel(ModelShape.SmolLM3, gpu, sheet);
        var work = documents.CutTo(engine.ContextTokens);
        var jobs = engine.ConcurrentJobs(work, options.JobsPerWorker);
        if (jobs < 1) return null;
        var seconds = engine.SecondsPerJob(work, jobs);
        var price = sheet.DollarsPerHour(gpu);
        return new PlanReport
        {
            Gpu = gpu.Name,
            DollarsPerHour = price,
            KeyValueTokens = engine.KeyValueTokens,
            Parts = work.Parts,
            ConcurrentDocuments = jobs,
            PrefillSeconds = work.Parts * engine.PrefillSeconds(work.PromptTokens),
            SecondsPerDocument = seconds,
            PagesPerHour = work.PagesPerDocument / seconds * 3600,
            SteadyDollarsPer1000Pages = seconds * 1000 / work.PagesPerDocument / 3600 * price,
            Run = new Simulation(engine, work, options).Run(),
            Pages = work.Pages,
        };
    }
}
