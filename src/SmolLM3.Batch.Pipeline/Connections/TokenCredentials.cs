using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// The identity that connections without a connection string use. Azure.Core has these types itself: a reference to Azure.Identity besides
/// would define them twice.
/// </summary>
internal static class TokenCredentials
{
    /// <summary>The managed identity named by <c>{connection}:clientId</c> or <c>AZURE_CLIENT_ID</c>, else whoever is signed in.</summary>
    public static TokenCredential For(IConfiguration configuration, string connection) =>
        new DefaultAzureCredential(new DefaultAzureCredentialOptions
    {
        ManagedIdentityClientId = configuration[$"{connection}:clientId"] ?? configuration["AZURE_CLIENT_ID"],
    });
}
