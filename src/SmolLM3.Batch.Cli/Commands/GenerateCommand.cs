using System.CommandLine;
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
        var sampling = new SamplingArguments();
        var stop = new Option<string[]>("--stop") { Description = "End before this text. May be given several times." };
        var schema = new Option<string?>("--json-schema") { Description = "File with a JSON Schema that the completion must satisfy.", HelpName = "FILE" };
        var dtype = new Option<ComputeType>("--dtype") { Description = "Number type of weights, activations and KV cache.", DefaultValueFactory = _ => ComputeType.Auto };
        var stopAtEos = new Option<bool>("--stop-at-eos") { Description = "End at the checkpoint's end-of-sequence tokens too. Always so with --json-schema." };
        var json = CommonOptions.Json();

        var command = new Command("generate", "Continues a prompt or token ids, without a chat template.")
        {
            model, prompt, ids, maxTokens, stop, stopAtEos, schema, dtype, json,
        };
        foreach (var option in sampling.Options)
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(prompt) is null == result.GetValue(ids) is null)
                result.AddError("generate takes either --prompt or --token-ids.");
            if (result.GetValue(prompt) is "") result.AddError("--prompt is empty; it needs at least one character.");
            if (result.GetValue(stop)?.Contains("") == true) result.AddError("--stop is empty; it needs at least one character.");
            // An option that was not given has no value yet.
            if (result.GetResult(maxTokens) is not null && result.GetValue(maxTokens) < 1)
                result.AddError("--max-tokens must be at least 1.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var choice = await ModelLocator.LocateAsync(parsed.GetValue(model), ModelStore.Default(), cancellationToken);
            if (choice.Notice is not null) await Console.Error.WriteLineAsync(choice.Notice);
            using var source = new FolderCheckpointSource(choice.Directory);
            await using var engine = await InferenceEngine.LoadAsync(
                source, new EngineOptions { ComputeType = parsed.GetValue(dtype) }, cancellationToken: cancellationToken);
            if (!engine.HasTokenizer && (parsed.GetValue(stop) is { Length: > 0 } || parsed.GetValue(schema) is not null))
                throw new CliException(
                    $"--stop and --json-schema need a tokenizer, and the checkpoint {choice.Directory} has no tokenizer.json. Copy it there from the model's hub page.");
            var request = new GenerationRequest
            {
                Prompt = parsed.GetValue(ids) is { } list
                    ? TokenIdList.Parse(list, engine.Config.VocabularySize)
                    : await EncodeAsync(choice, parsed.GetValue(prompt)!, cancellationToken),
                MaxTokens = parsed.GetValue(maxTokens),
                Sampling = sampling.Of(parsed),
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
            if (prompt.Length == 0) throw new CliException("Standard input is empty; the prompt needs at least one character.");
        }

        return TokenizerFile.Load(choice.Directory).Encode(prompt);
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
