using System.CommandLine;
using SmolLM3.Batch.Cli.Api;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 cancel JOB…</c></summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var jobs = new Argument<string[]>("job") { Description = "Job ids.", Arity = ArgumentArity.OneOrMore };
        var (api, state) = (CommonOptions.Api(), CommonOptions.State());
        var command = new Command("cancel", "Asks for jobs to be cancelled; a running one ends within seconds.") { jobs, api, state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = JobsApiClient.Connect(parsed.GetValue(api), parsed.GetValue(state)!);
            foreach (var id in parsed.GetValue(jobs)!)
            {
                var record = await client.CancelAsync(id, cancellationToken);
                Console.WriteLine($"{id}  {Output.StateText.Plain(record)}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
