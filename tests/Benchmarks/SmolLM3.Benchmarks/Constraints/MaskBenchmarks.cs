using System.Text;
using System.Text.Json.Nodes;
using SmolLM3.Inference.Constraints;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Benchmarks;

/// <summary>
/// The masks of whole answers to a contract schema, at SmolLM3's vocabulary size: times are for one token. The goal: 100 µs a token on average.
/// </summary>
[MemoryDiagnoser]
public class MaskBenchmarks
{
    private const int Answers = 8;
    private const int Tokens = 1_000;

    private const string Schema = """
        {
          "type": "object",
          "properties": {
            "title": { "type": "string", "maxLength": 200 },
            "parties": {
              "type": "array", "minItems": 1, "maxItems": 5,
              "items": {
                "type": "object", "required": ["name", "role"], "additionalProperties": false,
                "properties": { "name": { "type": "string" }, "role": { "enum": ["supplier", "customer", "other"] } }
              }
            },
            "effective": { "type": ["string", "null"], "pattern": "^\\d{4}-\\d{2}-\\d{2}$" },
            "amount": { "anyOf": [{ "type": "number", "minimum": 0 }, { "type": "null" }] },
            "summary": { "type": "string", "minLength": 10, "maxLength": 100 },
            "notes": { "type": "object", "additionalProperties": { "type": "string" } }
          },
          "required": ["title", "parties", "effective", "amount", "summary"],
          "additionalProperties": false
        }
        """;

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
        _answers = [.. Enumerable.Range(0, Answers).Select(_ => _tokenizer.Encode(Answer(text, random), specialTokens: false))];
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
        JsonConstraint constraint = compiler.Compile(JsonNode.Parse(Schema)!);
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

    private static string Answer(string text, Random random)
    {
        string Words(int length)
        {
            int start = random.Next(text.Length - length);
            return string.Concat(text.Substring(start, length).Where(c => c is >= ' ' and not '"' and not '\\'));
        }

        var answer = new StringBuilder($"{{\"title\": \"{Words(60)}\", \"parties\": [");
        for (int party = random.Next(1, 4); party > 0; party--)
            answer.Append($"{{\"name\": \"{Words(25)}\", \"role\": \"supplier\"}}").Append(party > 1 ? ", " : "");
        answer.Append($"], \"effective\": \"2024-05-06\", \"amount\": {random.Next(100_000)}.5, \"summary\": \"{Words(90)}0123456789\", ");
        return answer.Append($"\"notes\": {{\"first\": \"{Words(300)}\", \"second\": \"{Words(100)}\"}}}}").ToString();
    }
}
