using System.Diagnostics;
using System.Text.Json.Nodes;
using SmolLM3.Inference.Constraints;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Benchmarks.Measurements;

/// <summary>
/// What a mask costs on first contact: the first 1,000 tokens of a schema that a new compiler has not seen, of others after it, and of
/// all again. The goal: 100 µs a token on average at a vocabulary of 128,000.
/// </summary>
internal static class MaskMeasurement
{
    private const int Tokens = 1_000;
    private const int Repetitions = 9;

    public static void Run()
    {
        SmolLM3Tokenizer tokenizer = LargeVocabulary.Load();
        string text = LargeVocabulary.English();
        (string Name, string Schema, int[][] Answers)[] schemas =
        [
            ("contract", MaskSchemas.Contract, Answers(MaskSchemas.ContractAnswer)),
            ("register", MaskSchemas.Register, Answers(MaskSchemas.RegisterAnswer)),
            ("report", MaskSchemas.Report, Answers(MaskSchemas.ReportAnswer)),
        ];

        // The first round is for the runtime's own compiler.
        var rounds = Enumerable.Range(0, Repetitions + 1).Select(
            round => Round(tokenizer, [.. schemas[(round % 3)..], .. schemas[..(round % 3)]])).ToArray();
        Console.WriteLine("| what | schema | compile ms | µs a token, median | slowest token, ms (wall) |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: |");
        foreach (var cell in rounds[1..].SelectMany(row => row).GroupBy(cell => (cell.What, cell.Schema)))
            Console.WriteLine($"| {cell.Key.What} | {cell.Key.Schema} | {Median(cell.Select(c => c.CompileMs)):f1} | {Median(cell.Select(c => c.TokenUs)):f1} | {Median(cell.Select(c => c.SlowestMs)):f0} |");

        int[][] Answers(Func<string, Random, string> answer)
        {
            var random = new Random(1);
            return [.. Enumerable.Range(0, 12).Select(_ => tokenizer.Encode(answer(text, random), specialTokens: false))];
        }
    }

    private static List<Cell> Round(SmolLM3Tokenizer tokenizer, (string Name, string Schema, int[][] Answers)[] schemas)
    {
        double start = CpuClock.ThreadMicroseconds();
        var compiler = new JsonConstraintCompiler(
            tokenizer, [tokenizer.TryGetId("<|im_end|>", out int end) ? end : throw new InvalidOperationException()]);
        var cells = new List<Cell> { new("vocabulary", "", (CpuClock.ThreadMicroseconds() - start) / 1e3, 0, 0) };
        foreach (string what in (string[])["first", "warm"])
        {
            foreach (var (i, (name, schema, answers)) in schemas.Index())
                cells.Add(Measure(compiler, what == "first" && i > 0 ? "after others" : what, name, schema, answers));
        }

        return cells;
    }

    private static Cell Measure(JsonConstraintCompiler compiler, string what, string name, string schema, int[][] answers)
    {
        GC.Collect();
        double start = CpuClock.ThreadMicroseconds();
        JsonConstraint constraint = compiler.Compile(JsonNode.Parse(schema)!);
        double compileMs = (CpuClock.ThreadMicroseconds() - start) / 1e3;
        var mask = new ulong[compiler.MaskWords];
        var (written, slowest) = (0, 0.0);
        start = CpuClock.ThreadMicroseconds();
        for (int answer = 0; written < Tokens; answer = (answer + 1) % answers.Length)
        {
            ConstraintState state = constraint.Start();
            foreach (int token in answers[answer].Take(Tokens - written))
            {
                long before = Stopwatch.GetTimestamp();
                state.FillMask(mask, 2_000);
                state.Accept(token);
                written++;
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }
        }

        return new Cell(what, name, compileMs, (CpuClock.ThreadMicroseconds() - start) / Tokens, slowest);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private sealed record Cell(string What, string Schema, double CompileMs, double TokenUs, double SlowestMs);
}
