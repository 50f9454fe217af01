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
            "Writes the random checkpoint as the hub lays one out, and load.json, load-small.json: the documents of the mixed loads.") { folder };
        options.AddTo(command);
        foreach (var option in load.All)
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = parsed.GetValue(folder)!.FullName;
            await new RandomCheckpoint(ModelShapes.Get(options.Shape(parsed)), RunOptions.Seed).WriteAsync(target, cancellationToken);
            var documents = load.Of(parsed);
            await WriteAsync(documents, Path.Combine(target, "load.json"), cancellationToken);
            var small = documents with
            {
                Documents = Math.Min(documents.Documents, 16), LongestDocument = Math.Min(documents.LongestDocument, 20_000),
            };
            await WriteAsync(small, Path.Combine(target, "load-small.json"), cancellationToken);
            return 0;
        });
        return command;
    }

    private static Task WriteAsync(MixedLoadOptions documents, string file, CancellationToken cancellationToken) => File.WriteAllTextAsync(
        file,
        JsonSerializer.Serialize(
            new { Lengths = MixedLoad.Lengths(documents), documents.GeneratedTokens }, JsonSerializerOptions.Web),
        cancellationToken);
}
