using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SmolLM3.Inference.Chat;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 prompt --messages FILE</c>: the chat prompt that the model sees.</summary>
internal static class PromptCommand
{
    public static Command Create()
    {
        var messages = new Option<string>("--messages") { Description = "JSON: an array of {\"role\", \"content\"}; '-' reads standard input.", HelpName = "FILE", Required = true };
        var noThink = new Option<bool>("--no-think") { Description = "Without thinking, unless the system message says /think." };
        var noGeneration = new Option<bool>("--no-generation-prompt") { Description = "Leave out the beginning of the assistant's turn." };
        var today = new Option<string?>("--today") { Description = "The date in the system block, yyyy-MM-dd. Default: today (UTC)." };
        var tools = new Option<string?>("--tools") { Description = "JSON: an array of function signatures.", HelpName = "FILE" };
        today.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !DateOnly.TryParseExact(
                text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
                result.AddError($"--today is '{text}'; write yyyy-MM-dd.");
        });

        var command = new Command(
            "prompt", "Renders messages as the hub's SmolLM3 chat template does.") { messages, noThink, noGeneration, today, tools };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var turns = await ReadAsync(parsed.GetValue(messages)!, cancellationToken);
            var prompt = ChatPrompt.Render(turns, new ChatPromptOptions
            {
                Thinking = !parsed.GetValue(noThink),
                AddGenerationPrompt = !parsed.GetValue(noGeneration),
                Today = parsed.GetValue(today) is { } date
                    ? DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture)
                    : DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime),
                Tools = parsed.GetValue(tools) is { } file ? await ReadToolsAsync(file, cancellationToken) : [],
            });
            await Console.Out.WriteAsync(prompt);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<IReadOnlyList<ChatTurn>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        using var json = await ParseAsync(file, cancellationToken);
        if (json.RootElement.ValueKind != JsonValueKind.Array) throw new CliException("--messages must hold a JSON array of messages.");
        if (json.RootElement.GetArrayLength() == 0)
            throw new CliException("--messages holds no message. A chat needs at least one: [{\"role\": \"user\", \"content\": \"…\"}].");
        return [.. json.RootElement.EnumerateArray().Select((message, index) => Turn(message, index))];
    }

    private static ChatTurn Turn(JsonElement message, int index)
    {
        var role = Text(message, index, "role");
        if (role is not ("system" or "user" or "assistant" or "tool"))
            throw new CliException($"Message {index + 1} has the role '{role}'. The roles are system, user, assistant and tool.");
        return new ChatTurn(role, Text(message, index, "content"));
    }

    private static string Text(JsonElement message, int index, string field) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new CliException(
                $"Message {index + 1} has no text '{field}'. A message is {{\"role\": \"user\", \"content\": \"…\"}}.");

    private static async Task<IReadOnlyList<string>> ReadToolsAsync(string file, CancellationToken cancellationToken)
    {
        using var json = await ParseAsync(file, cancellationToken);
        if (json.RootElement.ValueKind != JsonValueKind.Array)
            throw new CliException("--tools must hold a JSON array of function signatures.");
        return [.. json.RootElement.EnumerateArray().Select(tool => tool.GetRawText())];
    }

    private static async Task<JsonDocument> ParseAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (file == "-") return await JsonDocument.ParseAsync(Console.OpenStandardInput(), cancellationToken: cancellationToken);
            await using var content = File.OpenRead(file);
            return await JsonDocument.ParseAsync(content, cancellationToken: cancellationToken);
        }
        catch (JsonException exception)
        {
            throw new CliException($"{(file == "-" ? "Standard input" : file)} is no JSON: {exception.Message}", exception);
        }
    }
}
