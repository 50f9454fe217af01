using System.Text.Json.Nodes;
using SmolLM3.Benchmarks.Measurements;
using SmolLM3.Inference.Constraints;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Benchmarks;

/// <summary>
/// The masks of whole answers to a contract schema, at SmolLM3's vocabulary size: times are for one token. The goal: 100 µs a token on
/// average.
/// </summary>
[MemoryDiagnoser]
public class MaskBenchmarks
{
    private const int Answers = 8;
    private const int Tokens = 1_000;

    private SmolLM3Tokenizer _tokenizer = null!;
    private JsonConstraintCompiler _compiler = null!;
    private ulong[] _mask = [];
    private int[][] _answers = [];

    [GlobalSetup]
    public void Setup()
    {
        _tokenizer = LargeVocabulary.Load();
        _compiler = NewCompiler();
        _mask = new ulong[_compiler.MaskWords];
        var random = new Random(1);
        string text = LargeVocabulary.English();
        _answers = [.. Enumerable.Range(0, Answers).Select(
            _ => _tokenizer.Encode(MaskSchemas.ContractAnswer(text, random), specialTokens: false))];
        MasksOfAnswers();
    }

    /// <summary>States that have been met before: the usual case.</summary>
    [Benchmark(OperationsPerInvoke = Tokens)]
    public int MasksOfAnswers() => Write(_compiler);

    /// <summary>A new vocabulary and schema: compiling both and meeting every state for the first time is in it.</summary>
    [Benchmark(OperationsPerInvoke = Tokens)]
    public int MasksOfAnswersFromNothing() => Write(NewCompiler());

    private JsonConstraintCompiler NewCompiler() =>
        new(_tokenizer, [_tokenizer.TryGetId("<|im_end|>", out int end) ? end : throw new InvalidOperationException()]);

    private int Write(JsonConstraintCompiler compiler)
    {
        JsonConstraint constraint = compiler.Compile(JsonNode.Parse(MaskSchemas.Contract)!);
        int written = 0;
        for (int answer = 0; ; answer = (answer + 1) % _answers.Length)
        {
            ConstraintState state = constraint.Start();
            foreach (int token in _answers[answer])
            {
                state.FillMask(_mask, 2_000);
                state.Accept(token);
                if (++written == Tokens)
                    return written;
            }
        }
    }
}
