namespace SmolLM3.Batch.Cli.Models;

/// <summary>
/// The hub as Hugging Face's own tools are told of it: <c>HF_ENDPOINT</c> for a mirror, <c>HF_TOKEN</c> for gated checkpoints.
/// </summary>
internal sealed record HubEndpoint(Uri Address, string? Token)
{
    private const string Hub = "https://huggingface.co";

    public static HubEndpoint FromEnvironment() => Of(
        Environment.GetEnvironmentVariable("HF_ENDPOINT"), Environment.GetEnvironmentVariable("HF_TOKEN"));

    /// <summary>The hub at <paramref name="address"/>, or the public one.</summary>
    public static HubEndpoint Of(string? address, string? token)
    {
        if (string.IsNullOrEmpty(address)) address = Hub;
        return Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new HubEndpoint(uri, token)
            : throw new CliException($"HF_ENDPOINT is '{address}', which is no address. Write it as {Hub}, or unset it.");
    }
}
