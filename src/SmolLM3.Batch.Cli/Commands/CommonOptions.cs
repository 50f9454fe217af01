using System.CommandLine;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    public static Option<string?> Model() => new("--model", "-m")
    {
        Description = "A checkpoint's folder, or a hub name that 'model pull' has downloaded. Default: the demo model.",
        HelpName = "DIR|OWNER/NAME",
    };

    public static Option<string> State() => new("--state")
    {
        Description = "Folder of the local pipeline: blobs, queues, logs.",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".smollm3",
    };

    public static Option<string?> Task() => new("--task", "-t")
    {
        Description = $"What to do with the documents: {string.Join(", ", Jobs.TaskTypes.All)}. Default: the name of a document's first folder, else {Jobs.TaskTypes.Summarize}.",
        HelpName = "TASK",
    };

    public static Option<string?> Api() => new("--api")
    {
        Description = "Address of the functions, such as https://NAME.azurewebsites.net, with an access token in $SMOLLM3_TOKEN. Default: $SMOLLM3_API, else the pipeline that runs over the --state folder.",
        HelpName = "URL",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}
