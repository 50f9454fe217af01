using System.CommandLine;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary>How <c>smollm3 generate</c> is told to choose tokens. The ranges are those of <see cref="SamplingOptions"/>.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<double> _temperature =
        Within("--temperature", "0 is greedy.", 0.0, value => value >= 0 && double.IsFinite(value), "0 or more");

    private readonly Option<double> _topP =
        Within("--top-p", "Nucleus sampling; 1 keeps all.", 1.0, value => value is > 0 and <= 1, "above 0 and at most 1");

    private readonly Option<int> _topK = Within("--top-k", "Keep this many; 0 keeps all.", 0, value => value >= 0, "0 or more");

    private readonly Option<double> _minP = Within(
        "--min-p", "Drop tokens below this share of the likeliest.", 0.0, value => value is >= 0 and < 1, "at least 0 and below 1");

    private readonly Option<double> _penalty =
        Within("--repetition-penalty", "1 is none.", 1.0, value => value > 0 && double.IsFinite(value), "above 0");

    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of sampling." };

    public IEnumerable<Option> Options => [_temperature, _topP, _topK, _minP, _penalty, _seed];

    public SamplingOptions Of(ParseResult parsed) => new()
    {
        Temperature = parsed.GetValue(_temperature),
        TopP = parsed.GetValue(_topP),
        TopK = parsed.GetValue(_topK),
        MinP = parsed.GetValue(_minP),
        RepetitionPenalty = parsed.GetValue(_penalty),
        Seed = parsed.GetValue(_seed),
    };

    private static Option<T> Within<T>(string name, string description, T standard, Predicate<T> allowed, string range)
        where T : struct
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result => { if (!allowed(result.GetValueOrDefault<T>())) result.AddError($"{name} must be {range}."); });
        return option;
    }
}
