using System.Xml.Linq;
using SmolLM3.Batch.Cli.Planning;

namespace SmolLM3.Batch.Cli.Tests.Planning;

public sealed class SimulationTests
{
    private static readonly PriceSheet Sheet = PriceSheet.Load(null);

    private static SimulationResult Run(int documents, SimulationOptions options) =>
        new Simulation(new EngineModel(ModelShape.SmolLM3, Sheet.Find("A100"), Sheet), Workload.Of("contract-analysis", documents, 30, 650), options).Run();

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
        Assert.Equal(0, result.Redeliveries);
        Assert.Equal(400, result.Samples[^1].Finished);
        Assert.Equal(0, result.Samples[^1].Waiting);
        Assert.InRange(result.Utilisation, 0.01, 1);
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
        Assert.Equal(result.Samples.OrderBy(sample => sample.Time), result.Samples);
    }

    [Fact]
    public void Draw_AnyRun_IsWellFormedSvgWithThreePanels()
    {
        var svg = XDocument.Parse(PlanChart.Draw(Run(200, new SimulationOptions()), "200 documents <of> \"30\" pages"));

        Assert.Equal("svg", svg.Root!.Name.LocalName);
        Assert.Equal(4, svg.Descendants().Count(element => element.Name.LocalName == "path"));
    }
}
