using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Cli.Models;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 generate</c>: continues a prompt as it stands, without a chat template.</summary>
internal static class GenerateCommand
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var model = CommonOptions.Model();
        var prompt = new Option<string?>("--prompt", "-p") { Description = "Text to continue; '-' reads standard input." };
        var ids = new Option<string?>("--token-ids") { Description = "Token ids to continue, separated by commas." };
        var maxTokens = new Option<int>("--max-tokens", "-n") { Description = "Most tokens to generate.", DefaultValueFactory = _ => 128 };
        var temperature = new Option<double>("--temperature") { Description = "0 is greedy." };
        var topP = new Option<double>("--top-p") { Description = "Nucleus sampling; 1 keeps all.", DefaultValueFactory = _ => 1 };
        var topK = new Option<int>("--top-k") { Description = "Keep this many; 0 keeps all." };
        var minP = new Option<double>("--min-p") { Description = "Drop tokens below this share of the likeliest." };
        var penalty = new Option<double>("--repetition-penalty") { Description = "1 is none.", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of sampling." };
        var stop = new Option<string[]>("--stop") { Description = "End before this text. May be given several times." };
        var schema = new Option<string?>("--json-schema") { Description = "File with a JSON Schema that the completion must satisfy.", HelpName = "FILE" };
        var dtype = new Option<ComputeType>("--dtype") { Description = "Number type of weights, activations and KV cache.", DefaultValueFactory = _ => ComputeType.Auto };
        var stopAtEos = new Option<bool>("--stop-at-eos") { Description = "End at the checkpoint's end-of-sequence tokens too. Always so with --json-schema." };
        var json = CommonOptions.Json();

        var command = new Command("generate", "Continues a prompt or token ids, without a chat template.")
        {
            model, prompt, ids, maxTokens, temperature, topP, topK, minP, penalty, seed, stop, stopAtEos, schema, dtype, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(prompt) is null == result.GetValue(ids) is null)
                result.AddError("generate takes either --prompt or --token-ids.");
            // An option that was not given has no value yet.
            if (result.GetResult(maxTokens) is not null && result.GetValue(maxTokens) < 1)
                result.AddError("--max-tokens must be at least 1.");
            if (!(result.GetValue(temperature) >= 0)) result.AddError("--temperature must be 0 or more.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var choice = await ModelLocator.LocateAsync(parsed.GetValue(model), ModelStore.Default(), cancellationToken);
            if (choice.Notice is not null) await Console.Error.WriteLineAsync(choice.Notice);
            using var source = new FolderCheckpointSource(choice.Directory);
            await using var engine = await InferenceEngine.LoadAsync(
                source, new EngineOptions { ComputeType = parsed.GetValue(dtype) }, cancellationToken: cancellationToken);
            var request = new GenerationRequest
            {
                Prompt = parsed.GetValue(ids) is { } list
                    ? ParseIds(list)
                    : await EncodeAsync(choice, parsed.GetValue(prompt)!, cancellationToken),
                MaxTokens = parsed.GetValue(maxTokens),
                Sampling = new SamplingOptions
                {
                    Temperature = parsed.GetValue(temperature),
                    TopP = parsed.GetValue(topP),
                    TopK = parsed.GetValue(topK),
                    MinP = parsed.GetValue(minP),
                    RepetitionPenalty = parsed.GetValue(penalty),
                    Seed = parsed.GetValue(seed),
                },
                Stop = parsed.GetValue(stop) ?? [],
                StopIds = parsed.GetValue(stopAtEos) || parsed.GetValue(schema) is not null ? null : [],
                JsonSchema = parsed.GetValue(schema) is { } file ? ParseSchema(file) : null,
            };

            if (parsed.GetValue(json)) await PrintJsonAsync(engine, request, cancellationToken);
            else await StreamAsync(engine, request, cancellationToken);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task PrintJsonAsync(InferenceEngine engine, GenerationRequest request, CancellationToken cancellationToken)
    {
        var result = await engine.GenerateAsync(request, cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                tokenIds = result.TokenIds,
                text = result.Text,
                finishReason = result.FinishReason.ToString().ToLowerInvariant(),
                promptTokens = result.PromptTokens,
                completionTokens = result.TokenIds.Count,
            },
            Json));
    }

    private static async Task StreamAsync(InferenceEngine engine, GenerationRequest request, CancellationToken cancellationToken)
    {
        await foreach (var update in engine.StreamAsync(request, cancellationToken)) await Console.Out.WriteAsync(update.Text);
        Console.WriteLine();
    }

    private static async Task<IReadOnlyList<int>> EncodeAsync(ModelChoice choice, string prompt, CancellationToken cancellationToken)
    {
        if (prompt == "-")
        {
            using var reader = new StreamReader(Console.OpenStandardInput());
            prompt = await reader.ReadToEndAsync(cancellationToken);
        }

        return TokenizerFile.Load(choice.Directory).Encode(prompt);
    }

    private static int[] ParseIds(string list)
    {
        try
        {
            return [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(
                id, NumberStyles.None, CultureInfo.InvariantCulture))];
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new CliException($"--token-ids is '{list}'; write ids separated by commas, such as 1,2,3.", exception);
        }
    }

    private static JsonNode ParseSchema(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file)) ?? throw new CliException($"{file} holds null, which is no JSON Schema.");
        }
        catch (JsonException exception)
        {
            throw new CliException($"{file} is no JSON: {exception.Message}", exception);
        }
    }
}
