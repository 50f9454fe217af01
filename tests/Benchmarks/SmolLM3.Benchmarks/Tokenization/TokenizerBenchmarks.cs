using System.Text;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Benchmarks;

/// <summary>
/// Encoding, decoding and loading at SmolLM3's vocabulary size. The goal: 7 MB/s of English on one core, loaded in a second.
/// </summary>
[MemoryDiagnoser]
[Config(typeof(Throughput))]
public class TokenizerBenchmarks
{
    private byte[] _json = [];
    private SmolLM3Tokenizer _tokenizer = null!;
    private string _text = "";
    private int[] _ids = [];

    [GlobalSetup]
    public void Setup()
    {
        _json = LargeVocabulary.Json();
        _tokenizer = LargeVocabulary.Load();
        _text = LargeVocabulary.English();
        _ids = _tokenizer.Encode(_text);
    }

    [Benchmark]
    public int[] Encode() => _tokenizer.Encode(_text);

    [Benchmark]
    public string Decode() => _tokenizer.Decode(_ids);

    [Benchmark]
    public SmolLM3Tokenizer Load() => SmolLM3Tokenizer.Load(new MemoryStream(_json));

    private sealed class Throughput : ManualConfig
    {
        public Throughput() => AddColumn(new MegabytesPerSecond());
    }

    /// <summary>Bytes of text in a second, for the two that have a text.</summary>
    private sealed class MegabytesPerSecond : IColumn
    {
        public string Id => "MB/s";

        public string ColumnName => "MB/s";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => "Megabytes of UTF-8 in a second";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
            benchmarkCase.Descriptor.WorkloadMethod.Name != nameof(Load) && summary[benchmarkCase]?.ResultStatistics is { } statistics
                ? $"{Encoding.UTF8.GetByteCount(LargeVocabulary.English()) * 1e3 / statistics.Mean:F1}"
                : "";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
    }
}
