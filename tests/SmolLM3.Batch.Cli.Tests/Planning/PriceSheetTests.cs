using System.Globalization;
using System.Text.RegularExpressions;
using SmolLM3.Batch.Cli.Planning;

namespace SmolLM3.Batch.Cli.Tests.Planning;

/// <summary>A plan is of what gets deployed: its figures are those of Bicep and of the worker.</summary>
public sealed class PriceSheetTests : IDisposable
{
    private static readonly PriceSheet Sheet = PriceSheet.Load(null);
    private readonly string _file = Path.GetTempFileName();

    [Theory]
    [InlineData("T4")]
    [InlineData("A100")]
    public void Gpu_HasTheCacheAndTheHostOfBicep(string name)
    {
        string bicep = Read("bicep", "modules", "worker.bicep");
        var gpu = Sheet.Find(name);

        Match settings = Regex.Match(bicep, $@"hardware == '{name}' \? \[(.+?)\]", RegexOptions.Singleline);
        Match size = Regex.Match(bicep, $@"{name}: \{{ cpu: (\d+), memory: '(\d+)Gi' \}}");
        Assert.Contains(
            $"'Model__KvCacheBytes', value: '{(long)(gpu.KeyValueGiB!.Value * (1L << 30))}'", settings.Groups[1].Value,
            StringComparison.Ordinal);
        Assert.Equal((gpu.VCpus, gpu.HostGiB), (Number(size.Groups[1]), Number(size.Groups[2])));
    }

    [Fact]
    public void Defaults_AreThoseOfBicepAndTheWorker()
    {
        string bicep = Read("bicep", "main.bicep");
        string worker = Read("workers", "SmolLM3.Batch.Worker", "WorkerOptions.cs");
        string model = Read("workers", "SmolLM3.Batch.Worker", "ModelOptions.cs");
        var options = new SimulationOptions();

        Assert.Equal(options.MaxWorkers, Default("workerMaxCount"));
        Assert.Equal(options.JobsPerWorker, Default("workerMaxConcurrentJobs"));
        Assert.Equal(options.MessagesPerWorker, Default("workerMessagesEach"));
        Assert.Equal(options.PollingSeconds, Default("workerPollingSeconds"));
        Assert.Contains($"IdleTimeout {{ get; set; }} = TimeSpan.FromSeconds({options.IdleSeconds})", worker, StringComparison.Ordinal);
        Assert.Contains($"MaxSequences {{ get; set; }} = {EngineModel.MaxSequences};", model, StringComparison.Ordinal);
        Assert.Contains(
            $"lockDuration: 'PT{options.LockSeconds / 60}M'", Read("bicep", "modules", "service-bus.bicep"), StringComparison.Ordinal);

        double Default(string parameter) => Number(Regex.Match(bicep, $@"param {parameter} int = (\d+)").Groups[1]);
    }

    [Fact]
    public void DollarsPerHour_OfServerlessGpus_AddsTheThreeMeters()
    {
        var gpu = Sheet.Find("A100");

        Assert.Equal(3600 * (0.00053 + (24 * 0.000024) + (220 * 0.000003)), Sheet.DollarsPerHour(gpu), 1e-9);
        Assert.Equal(6.98, Sheet.DollarsPerHour(Sheet.Find("H100")));
    }

    [Theory]
    [InlineData("\"dollarsPerHour\": 6.98,", "", "either dollarsPerHour or gpuDollarsPerSecond")]
    [InlineData("\"dollarsPerHour\": 6.98", "\"dollarsPerHour\": -1", "a price below 0")]
    [InlineData("\"bandwidthGBs\": 320", "\"bandwidthGBs\": 0", "T4 a size or speed that is not positive")]
    [InlineData("0.40", "1.40", "a share of 1.4")]
    [InlineData("\"note\"", "\"nota\"", "cannot be read")]
    public void Load_OfAFileThatIsWrong_SaysWhatIs(string part, string instead, string expected)
    {
        string text = Read("src", "SmolLM3.Batch.Cli", "Planning", "prices.json");
        Assert.Contains(part, text, StringComparison.Ordinal);
        File.WriteAllText(_file, text.Replace(part, instead, StringComparison.Ordinal));

        var error = Assert.Throws<CliException>(() => PriceSheet.Load(_file));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_file);

    private static double Number(Capture text) => double.Parse(text.Value, CultureInfo.InvariantCulture);

    private static string Read(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "SmolLM3.Batch.sln"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine([folder.FullName, .. path]));
    }
}
