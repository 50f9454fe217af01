using System.CommandLine;
using SmolLM3.Batch.Cli.Commands;
using SmolLM3.Batch.Cli.Output;

namespace SmolLM3.Batch.Cli;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        Terminal.Configure();
        return await ExitCodes.RunAsync(CreateRoot().Parse(args));
    }

    public static RootCommand CreateRoot() =>
        new("Reads long documents in bulk with SmolLM3: contract analysis, summaries, translations.")
        {
            RunCommand.Create(),
            UpCommand.Create(),
            SubmitCommand.Create(),
            StatusCommand.Create(),
            ResultCommand.Create(),
            CancelCommand.Create(),
            ModelCommand.Create(),
            TokenizeCommand.Create(),
            PromptCommand.Create(),
            GenerateCommand.Create(),
            BenchCommand.Create(),
            PlanCommand.Create(),
        };
}
