using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Batch.Cli.Models;

internal static class TokenizerFile
{
    public static SmolLM3Tokenizer Load(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
            throw new CliException($"The checkpoint {folder} has no tokenizer.json. Copy it there from the model's hub page.");
        using var file = File.OpenRead(path);
        return SmolLM3Tokenizer.Load(file);
    }
}
