using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>Replaces %Name% in attributes by the app setting of that name.</summary>
internal sealed partial class SettingResolver(IConfiguration configuration)
{
    public string Resolve(string text) => Expression().Replace(text, match =>
        configuration[match.Groups[1].Value.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal)]
        ?? throw new InvalidOperationException(
            $"'{match.Value}' does not resolve to a value. Add the app setting '{match.Groups[1].Value}'."));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Expression();
}
