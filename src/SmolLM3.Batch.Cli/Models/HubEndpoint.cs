namespace SmolLM3.Batch.Cli.Models;

/// <summary>
/// The hub as Hugging Face's own tools are told of it: <c>HF_ENDPOINT</c> for a mirror, <c>HF_TOKEN</c> for gated checkpoints.
/// </summary>
internal sealed record HubEndpoint(Uri Address, string? Token)
{
    public static HubEndpoint FromEnvironment() => new(
        new Uri((Environment.GetEnvironmentVariable("HF_ENDPOINT") ?? "https://huggingface.co").TrimEnd('/') + "/"),
        Environment.GetEnvironmentVariable("HF_TOKEN"));
}
