using SmolLM3.Inference.Benchmarking;
using System.CommandLine;

namespace SmolLM3.Measure.Commands;

/// <summary><c>reference</c>: how near the engine comes to what Hugging Face transformers computed.</summary>
internal static class ReferenceCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder that holds checkpoints with cases.json.", Required = true };
        return MeasureCommand.Create("reference", "Compares logits and greedy tokens with the reference cases.", async (
            parsed, options, log, cancellationToken) =>
        {
            var folders = ReferenceCheck.Find(parsed.GetValue(data)!.FullName);
            if (folders.Count == 0)
                throw new DirectoryNotFoundException($"{parsed.GetValue(data)} holds no folder with config.json and cases.json.");
            foreach (var folder in folders)
                log.Append(
                    "reference", await ReferenceCheck.RunAsync(folder, options.Type(parsed), options.Device(parsed), cancellationToken));
        }, data);
    }
}
