using System.Text.Json;
using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>
/// Settings: what Bicep sets the code reads, and what the code reads Bicep sets, or docs/deploy.md says that its default stands.
/// </summary>
public sealed partial class SettingsTests
{
    /// <summary>Read by the platform, the SDKs or the function host rather than by this code.</summary>
    private static readonly string[] Platform =
    [
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId",
        "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "ServiceBus__credential", "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_ENDPOINT",
    ];

    /// <summary>Without these nothing runs, or it runs as nobody.</summary>
    private static readonly string[] Required = ["AZURE_CLIENT_ID", "ServiceBus__fullyQualifiedNamespace", "Storage__blobServiceUri"];

    [Fact]
    public void EverySetting_ThatBicepSets_IsRead()
    {
        string code = string.Concat(Repository.Code("src/SmolLM3.Batch.Pipeline", "functions", "workers").Select(file => file.Text));
        var options = Options().Select(option => $"{option.Section}__{option.Property}").ToHashSet();
        var unread = Set("functions.bicep").Concat(Set("worker.bicep")).Distinct()
            .Where(setting => !Platform.Contains(setting) && !options.Contains(setting) && !IsReadByName(code, setting));
        Assert.Empty(unread);
    }

    [Theory]
    [InlineData("functions.bicep")]
    [InlineData("worker.bicep")]
    public void EveryRequiredSetting_IsSet(string module) => Assert.Empty(Required.Except(Set(module)));

    [Fact]
    public void Worker_IsToldItsModel() => Assert.Contains("Model__Source", Set("worker.bicep"));

    [Fact]
    public void EveryOption_IsSet_OrDocumentedAsLeftToItsDefault()
    {
        string documentation = Repository.Read("docs", "deploy.md");
        var set = Set("functions.bicep").Concat(Set("worker.bicep")).ToHashSet();
        var silent = Options()
            .Where(option => !set.Contains($"{option.Section}__{option.Property}"))
            .Select(option => $"{option.Section}:{option.Property}");
        Assert.All(silent, option => Assert.Contains($"`{option}`", documentation, StringComparison.Ordinal));
    }

    [Fact]
    public void DocumentedSettings_AreThereStill()
    {
        var known = Options().Select(option => $"{option.Section}:{option.Property}").ToHashSet();
        var documented = DocumentedSetting().Matches(Repository.Read("docs", "deploy.md")).Select(match => match.Groups[1].Value);
        var sections = Options().Select(option => option.Section).ToHashSet();
        Assert.All(documented.Where(setting => sections.Contains(setting.Split(':')[0])), setting => Assert.Contains(setting, known));
    }

    [Fact]
    public void Settings_FollowTheNamesOfTheCode()
    {
        string connections = Repository.Read("src", "SmolLM3.Batch.Pipeline", "Connections", "Connections.cs");
        Assert.Contains("const string ServiceBus = \"ServiceBus\"", connections, StringComparison.Ordinal);
        Assert.Contains("const string Storage = \"Storage\"", connections, StringComparison.Ordinal);
    }

    [Fact]
    public void LocalSettingsSample_SetsWhatTheFunctionsNeed()
    {
        using JsonDocument sample = JsonDocument.Parse(Repository.Read(
            "functions", "SmolLM3.Batch.Functions", "local.settings.sample.json"));
        var values = sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(
            value => value.Name, value => value.Value.GetString());

        Assert.Equal("dotnet-isolated", values["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.All((string[])["AzureWebJobsStorage", "ServiceBus", "Storage"], name => Assert.Contains(name, values.Keys));
    }

    [Fact]
    public void HostJson_LeavesSettlementToTheCode()
    {
        using JsonDocument host = JsonDocument.Parse(Repository.Read("functions", "SmolLM3.Batch.Functions", "host.json"));
        JsonElement bus = host.RootElement.GetProperty("extensions").GetProperty("serviceBus");

        Assert.Equal("2.0", host.RootElement.GetProperty("version").GetString());
        Assert.False(bus.GetProperty("autoCompleteMessages").GetBoolean());
        Assert.True(TimeSpan.Parse(bus.GetProperty("maxAutoLockRenewalDuration").GetString()!) >= TimeSpan.Parse(
            host.RootElement.GetProperty("functionTimeout").GetString()!));
    }

    private static bool IsReadByName(string code, string setting)
    {
        string key = setting.Replace("__", ":", StringComparison.Ordinal);
        string[] parts = key.Split(':');
        return code.Contains($"\"{key}\"", StringComparison.Ordinal) ||
               (parts.Length == 2 && Regex.IsMatch(code, $@"\[\$""\{{\w+\}}:{parts[1]}""\]"));
    }

    /// <summary>Names of settings; of an array its property.</summary>
    private static IReadOnlyList<string> Set(string module)
    {
        string text = BicepFile.Named($"modules/{module}").Text;
        var names = module == "functions.bicep"
            ? ObjectSetting().Matches(text).Select(match => match.Groups[1].Value)
            : NamedSetting().Matches(text).Select(match => match.Groups[1].Value);
        var arrays = ArraySetting().Matches(text).Select(match => match.Groups[1].Value);
        return [.. names.Concat(arrays).Distinct()];
    }

    private static IReadOnlyList<(string Section, string Property)> Options() =>
        [.. Repository.Code("src/SmolLM3.Batch.Pipeline", "functions", "workers")
            .Where(file => SectionName().IsMatch(file.Text))
            .SelectMany(file => OptionProperty().Matches(file.Text).Select(
                match => (SectionName().Match(file.Text).Groups[1].Value, match.Groups[1].Value)))];

    [GeneratedRegex(@"public const string Section = ""(\w+)""")]
    private static partial Regex SectionName();

    [GeneratedRegex(@"^    public (?!static)[\w<>?,. ]+ (\w+) \{ get; set; \}", RegexOptions.Multiline)]
    private static partial Regex OptionProperty();

    [GeneratedRegex(@"^  ([A-Z][A-Za-z]+(?:_[A-Z_]+|__\w+)): ", RegexOptions.Multiline)]
    private static partial Regex ObjectSetting();

    [GeneratedRegex(@"\{ name: '([A-Z]\w*_\w+)', value: ")]
    private static partial Regex NamedSetting();

    [GeneratedRegex(@"'([A-Z]\w+)__\$\{i\}'")]
    private static partial Regex ArraySetting();

    [GeneratedRegex(@"`([A-Z]\w+:[A-Z]\w+)`")]
    private static partial Regex DocumentedSetting();
}
