using System.Xml.Linq;
using SmolLM3.Batch.Cli.Planning;

namespace SmolLM3.Batch.Cli.Tests.Planning;

public sealed class SimulationTests
{
    private static readonly PriceSheet Sheet = PriceSheet.Load(null);

    private static SimulationResult Run(int documents, SimulationOptions options) =>
        new Simulation(
            new EngineModel(ModelShape.SmolLM3, Sheet.Find("A100"), Sheet), Workload.Of("contract-analysis", documents, 30, 650),
            options).Run();

    private static double SecondsAt(int jobs) =>
        new EngineModel(ModelShape.SmolLM3, Sheet.Find("A100"), Sheet).SecondsPerJob(Workload.Of("contract-analysis", 1, 30, 650), jobs);

    [Fact]
    public void Run_SameSeed_GivesTheSameRun()
    {
        var (first, second) = (Run(500, new SimulationOptions { Seed = 7 }), Run(500, new SimulationOptions { Seed = 7 }));

        Assert.Equal(first with { Samples = [] }, second with { Samples = [] });
        Assert.Equal(first.Samples, second.Samples);
    }

    [Fact]
    public void Run_AllAtOnce_WaitsForPollAndColdStartAndThenFinishes()
    {
        var options = new SimulationOptions { LengthSigma = 0, CrashesPerWorkerHour = 0, RenewalLossProbability = 0 };

        var result = Run(400, options);

        Assert.True(result.Makespan > options.ColdStartSeconds);
        Assert.Equal(4, result.PeakWorkers);
        Assert.InRange(
            result.Makespan, options.ColdStartSeconds + (400 / 4 * SecondsAt(8)) - 1,
            options.ColdStartSeconds + (400 / 4 * SecondsAt(8)) + 60);
        Assert.Equal(0, result.Redeliveries);
        Assert.Equal(400, result.Samples[^1].Finished);
        Assert.Equal(0, result.Samples[^1].Waiting);
        Assert.InRange(result.Utilisation, 0.01, 1);
    }

    [Fact]
    public void Run_WhatFitsOneWorker_TakesAColdStartAndTheBatch()
    {
        var result = Run(8, new SimulationOptions { LengthSigma = 0, CrashesPerWorkerHour = 0 });

        Assert.Equal(150 + (8 * SecondsAt(8)), result.Makespan, 1e-6);
        Assert.Equal(result.Makespan + 30, result.WorkerSeconds, 1e-6);
        Assert.Equal(150, result.QueueAgeMax, 1e-3);
    }

    [Fact]
    public void Run_LocksAreRenewedAtHalfTime()
    {
        var options = new SimulationOptions { LengthSigma = 0, CrashesPerWorkerHour = 0, LockSeconds = 2 * SecondsAt(1) };

        Assert.Equal(1, Run(1, options with { LockSeconds = options.LockSeconds * 0.99 }).Renewals);
        Assert.Equal(0, Run(1, options with { LockSeconds = options.LockSeconds * 1.01 }).Renewals);
    }

    [Fact]
    public void Run_Costs_GrowToWhatIsPaid()
    {
        var result = Run(500, new SimulationOptions());

        Assert.Equal(result.Samples.Select(sample => sample.WorkerSeconds).Order(), result.Samples.Select(sample => sample.WorkerSeconds));
        Assert.InRange(result.WorkerSeconds - result.Samples[^1].WorkerSeconds, 0, 30 * result.PeakWorkers);
    }

    [Fact]
    public void Worker_DocumentThatJoins_SlowsTheOtherAndTakesNothingFromIt()
    {
        var worker = new SimulatedWorker(0, [0, 10, 8]);
        worker.Take(new SimulatedMessage(0, 0, 1), 0);
        Assert.Equal(10, worker.NextDone(0), 1e-9);

        worker.Take(new SimulatedMessage(1, 5, 1), 5);

        // Half of the first is left, at 16 seconds a document while two share; then half of the second is left, alone.
        Assert.Equal(13, worker.NextDone(5), 1e-9);
        Assert.Equal(0, worker.Finish(13).Message.Id);
        Assert.Equal(18, worker.NextDone(13), 1e-9);
    }

    [Fact]
    public void Run_WorkersCrash_EveryDocumentIsStillFinished()
    {
        var result = Run(3_000, new SimulationOptions { CrashesPerWorkerHour = 20, RenewalLossProbability = 0.01 });

        Assert.Equal(3_000, result.Samples[^1].Finished);
        Assert.True(result.Redeliveries > 0);
    }

    [Fact]
    public void Run_MoreWorkers_IsNotSlower()
    {
        var (few, many) = (Run(2_000, new SimulationOptions { MaxWorkers = 2 }), Run(2_000, new SimulationOptions { MaxWorkers = 20 }));

        Assert.True(many.Makespan < few.Makespan);
        Assert.True(many.QueueAgeP95 < few.QueueAgeP95);
    }

    [Fact]
    public void Run_AMillionDocuments_KeepsTheChartSmall()
    {
        var result = Run(1_000_000, new SimulationOptions { MaxWorkers = 200 });

        Assert.Equal(1_000_000, result.Samples[^1].Finished);
        Assert.InRange(result.Samples.Count, 100, 2_001);
        Assert.Equal(result.PeakWorkers, result.Samples.Max(sample => sample.Workers));
        Assert.Equal(1_000_000, result.Samples.Max(sample => sample.Waiting));
        Assert.InRange(result.Samples.Max(sample => sample.OldestAge), result.QueueAgeMax * 0.99, result.QueueAgeMax * 1.01);
        Assert.Equal(result.Samples.OrderBy(sample => sample.Time), result.Samples);
    }

    [Fact]
    public void Draw_AnyRun_IsWellFormedSvgWithFourPanels()
    {
        var report = PlanReport.Of(Sheet.Find("A100"), Sheet, Workload.Of("contract-analysis", 200, 30, 650), new SimulationOptions())!;

        var svg = XDocument.Parse(PlanChart.Draw(report, "200 documents <of> \"30\" pages"));

        Assert.Equal("svg", svg.Root!.Name.LocalName);
        string text = svg.Root.Value;
        Assert.All(
            (string[])["documents waiting", "workers", "age of the oldest message", "US dollars so far", "GPUs busy", "<of>"],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Equal(10, svg.Descendants().Count(element => element.Name.LocalName == "path"));
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
    }
}
