using System.CommandLine;
using System.Text.Json;
using SmolLM3.Batch.Cli.Models;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 tokenize --model DIR</c>: standard input, byte for byte as UTF-8, to token ids.</summary>
internal static class TokenizeCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var command = new Command(
            "tokenize", "Prints the token ids of standard input, taken byte for byte as UTF-8, as a JSON array.") { model };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var tokenizer = TokenizerFile.Load(
                (await ModelLocator.LocateAsync(parsed.GetValue(model), ModelStore.Default(), cancellationToken)).Directory);
            using var text = new MemoryStream();
            await using (var input = Console.OpenStandardInput()) await input.CopyToAsync(text, cancellationToken);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(tokenizer.EncodeUtf8(text.GetBuffer().AsSpan(0, (int)text.Length))));
            return ExitCodes.Ok;
        });
        return command;
    }
}
