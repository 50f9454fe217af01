using System.CommandLine;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using SmolLM3.Batch.Cli.Api;
using SmolLM3.Batch.Cli.Documents;
using SmolLM3.Batch.Cli.LocalPipeline;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 submit</c>: sends work to a running pipeline and prints the job's id.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("files") { Description = "Documents to upload (needs the local pipeline, or storage named by --storage).", Arity = ArgumentArity.ZeroOrMore };
        var text = new Option<string?>("--text") { Description = "Text to send inside the request; '-' reads standard input." };
        var request = new Option<string?>("--request") { Description = "A file with a whole request (JSON); '-' reads standard input.", HelpName = "FILE" };
        var task = CommonOptions.Task();
        var options =
            new Option<string?>("--options") { Description = "The task's options, a JSON object. With --text.", HelpName = "JSON" };
        var storage = new Option<string?>("--storage") { Description = "Connection string of the storage account for uploads. Default: $SMOLLM3_STORAGE, else the local pipeline's.", HelpName = "CONNECTION" };
        var (api, state) = (CommonOptions.Api(), CommonOptions.State());
        var command = new Command("submit", "Sends documents, a text or a request to a running pipeline and prints job ids.") { paths, text, request, task, options, storage, api, state };
        command.Validators.Add(result =>
        {
            var given = (result.GetValue(paths) is { Length: > 0 } ? 1 : 0) + (result.GetValue(text) is null ? 0 : 1) + (result.GetValue(request) is null ? 0 : 1);
            if (given != 1) result.AddError("submit takes either files, or --text, or --request.");
            if (result.GetValue(text) is not null && result.GetValue(task) is null) result.AddError("--text needs --task.");
            if (result.GetValue(options) is not null && result.GetValue(text) is null)
                result.AddError("--options goes with --text; a document's options stand in its sidecar NAME.job.json.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(paths) is { Length: > 0 } files)
            {
                var upload = new DocumentUpload(Storage(parsed.GetValue(storage), parsed.GetValue(state)!));
                foreach (var document in DocumentFinder.Find(files))
                    Console.WriteLine($"{await upload.UploadAsync(document, parsed.GetValue(task), cancellationToken)}  {document.Name}");
                return ExitCodes.Ok;
            }

            var body = parsed.GetValue(request) is { } file
                ? await ReadAsync(file, cancellationToken)
                : Request(await InlineAsync(parsed.GetValue(text)!, cancellationToken), parsed.GetValue(task)!, parsed.GetValue(options));
            using var client = JobsApiClient.Connect(parsed.GetValue(api), parsed.GetValue(state)!);
            Console.WriteLine(await client.SubmitAsync(body, cancellationToken));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static string Request(string text, string task, string? options)
    {
        var wanted = new JsonObject { ["type"] = task };
        if (options is not null)
        {
            try
            {
                wanted["options"] = JsonNode.Parse(options);
            }
            catch (System.Text.Json.JsonException exception)
            {
                throw new CliException($"--options is no JSON: {exception.Message}", exception);
            }
        }

        return new JsonObject { ["text"] = text, ["tasks"] = new JsonArray(wanted) }.ToJsonString();
    }

    private static Task<string> InlineAsync(string text, CancellationToken cancellationToken) =>
        text == "-" ? ReadAsync(text, cancellationToken) : Task.FromResult(text);

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (file != "-") return await File.ReadAllTextAsync(file, cancellationToken);
        using var reader = new StreamReader(Console.OpenStandardInput());
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static BlobServiceClient Storage(string? given, string state)
    {
        var connection = StorageConnection(given, state);
        try
        {
            return new BlobServiceClient(connection);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            // Not the text itself, which may hold a key.
            throw new CliException(
                $"{(given is null ? "SMOLLM3_STORAGE" : "--storage")} is no connection string of a storage account: {exception.Message} Copy the account's own, which begins with DefaultEndpointsProtocol=.",
                exception);
        }
    }

    private static string StorageConnection(string? given, string state) =>
        given
        ?? Environment.GetEnvironmentVariable("SMOLLM3_STORAGE")
        ?? (Directory.Exists(state) ? new StateDirectory(state).Running()?.Storage : null)
        ?? throw new CliException($"No pipeline runs over {Path.GetFullPath(state)}, so there is no storage to upload to. Start one with ./smollm3 up, or name the account with --storage.");
}
