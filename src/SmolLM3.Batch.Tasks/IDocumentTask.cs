using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Tasks;

/// <summary>One kind of task.</summary>
internal interface IDocumentTask
{
    /// <summary>Its name in requests.</summary>
    string Type { get; }

    /// <summary>Checks the options and binds them to a run.</summary>
    /// <exception cref="InvalidTaskException">An option is unknown or wrong.</exception>
    ITaskRun Prepare(JsonObject? options);
}
