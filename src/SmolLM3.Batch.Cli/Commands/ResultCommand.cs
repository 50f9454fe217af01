using System.CommandLine;
using SmolLM3.Batch.Cli.Api;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 result JOB [TASK]</c></summary>
internal static class ResultCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("job") { Description = "Job id." };
        var task =
            new Argument<string?>("task") { Description = "The task; not needed where the job has one.", Arity = ArgumentArity.ZeroOrOne };
        var format = new Option<string>("--format", "-f") { Description = "json, md or html (docx where a translation has it).", DefaultValueFactory = _ => "md" };
        var (api, state) = (CommonOptions.Api(), CommonOptions.State());
        var command = new Command("result", "Prints a result.") { id, task, format, api, state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = JobsApiClient.Connect(parsed.GetValue(api), parsed.GetValue(state)!);
            var job = parsed.GetValue(id)!;
            var name = parsed.GetValue(task) ?? await OnlyTaskAsync(client, job, cancellationToken);
            var content = await client.ResultAsync(job, name, parsed.GetValue(format)!, cancellationToken);
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(content, cancellationToken);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<string> OnlyTaskAsync(JobsApiClient client, string job, CancellationToken cancellationToken)
    {
        var record = await client.FindAsync(job, cancellationToken) ?? throw new CliException($"There is no job {job}.");
        var names = Jobs.TaskNames.For(record.Tasks);
        return names.Count == 1
            ? names[0]
            : throw new CliException($"Job {job} has {names.Count} tasks: {string.Join(", ", names)}. Name one.");
    }
}
