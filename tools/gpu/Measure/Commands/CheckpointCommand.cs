using SmolLM3.Inference;
using SmolLM3.Inference.Benchmarking;
using System.CommandLine;
using System.Text.Json;

namespace SmolLM3.Measure.Commands;

/// <summary><c>checkpoint</c>: the random weights and the mixed load's lengths as files, so that others run the very same.</summary>
internal static class CheckpointCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Folder to write." };
        var options = new RunOptions();
        var load = new MixedLoadArguments();
        var command = new Command(
            "checkpoint",
            "Writes the random checkpoint as the hub lays one out, and load.json: the documents of the mixed load.") { folder };
        options.AddTo(command);
        foreach (var option in load.All)
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = parsed.GetValue(folder)!.FullName;
            await new RandomCheckpoint(ModelShapes.Get(options.Shape(parsed)), RunOptions.Seed).WriteAsync(target, cancellationToken);
            var documents = load.Of(parsed);
            var content = new { Lengths = MixedLoad.Lengths(documents), documents.GeneratedTokens };
            await File.WriteAllTextAsync(
                Path.Combine(target, "load.json"), JsonSerializer.Serialize(content, JsonSerializerOptions.Web), cancellationToken);
            return 0;
        });
        return command;
    }
}
