using System.Diagnostics;
using System.Text.RegularExpressions;
using SmolLM3.Batch.Infrastructure.Tests.Scripts;
using YamlDotNet.RepresentationModel;

namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>Scripts, images and workflows.</summary>
public sealed partial class DeploymentTests
{
    private static string Infra => Path.Combine(Repository.Root, "infra");

    [Fact]
    public void EveryScript_IsValidBash_AndStopsAtErrors()
    {
        foreach (string script in Directory.GetFiles(Infra, "*.sh"))
        {
            if (Path.GetFileName(script) != "common.sh")
                Assert.Contains("\nset -euo pipefail\n", File.ReadAllText(script), StringComparison.Ordinal);
            Assert.Equal("", Bash("-n", script));
        }
    }

    [Fact]
    public void EveryScript_PassesShellcheck()
    {
        Assert.SkipUnless(ScriptRunner.OnPath("shellcheck"), "There is no shellcheck here; the workflow runs it.");
        using Process check = Process.Start(new ProcessStartInfo("shellcheck", ["--external-sources", .. Directory.GetFiles(Infra, "*.sh")])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Infra,
        })!;
        Assert.Equal("", check.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void Scripts_WithoutArguments_TellHowToUseThem()
    {
        foreach (string script in (string[])["deploy.sh", "teardown.sh", "copy-model.sh", "keep.sh", "register-api.sh"])
            Assert.Contains("usage: " + script, Bash(Path.Combine(Infra, script)), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_AskForOutputsThatThereAre()
    {
        var wanted = Directory.GetFiles(Infra, "*.sh").SelectMany(script => NameList().Matches(File.ReadAllText(script)))
            .SelectMany(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList();

        Assert.NotEmpty(wanted);
        Assert.Empty(wanted.Except(BicepFile.Main.Outputs));
    }

    [Fact]
    public void Scripts_KnowTheResourceGroup()
    {
        Assert.Contains("echo \"rg-smollm3-batch-$1\"", Repository.Read("infra", "common.sh"), StringComparison.Ordinal);
        Assert.Contains(
            "name: '${abbreviations.resourceGroup}smollm3-batch-${environmentName}'", BicepFile.Main.Text, StringComparison.Ordinal);
        Assert.Contains("\"resourceGroup\": \"rg-\"", Repository.Read("bicep", "abbreviations.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Abbreviations_AreAllUsed() =>
        Assert.All(Abbreviation().Matches(Repository.Read("bicep", "abbreviations.json")),
            match => Assert.Contains($"abbreviations.{match.Groups[1].Value}", BicepFile.Main.Text, StringComparison.Ordinal));

    [Theory]
    [InlineData("worker.Dockerfile", "nvidia/cuda:12.")]
    [InlineData("worker-cpu.Dockerfile", "mcr.microsoft.com/dotnet/aspnet:10.0")]
    public void Image_RunsAsNobody_ReadsPdf_AndHoldsNoWeights(string file, string baseImage)
    {
        string text = Repository.Read("infra", file);
        string[] lines = text.Split('\n');

        Assert.Contains($"FROM {baseImage}", text, StringComparison.Ordinal);
        Assert.Contains("-p:BuildFor=azure", text, StringComparison.Ordinal);
        Assert.Contains("poppler-utils", text, StringComparison.Ordinal);
        Assert.DoesNotContain("safetensors", text, StringComparison.Ordinal);
        Assert.Contains(lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal)), (string[])["USER worker", "USER app"]);
        Assert.Matches(@"ENTRYPOINT \[.*SmolLM3\.Batch\.Worker", text);
    }

    [Fact]
    public void GpuImage_StartsOnAnyDriverOfItsCuda() =>
        Assert.Contains("NVIDIA_DISABLE_REQUIRE=true", Repository.Read("infra", "worker.Dockerfile"), StringComparison.Ordinal);

    [Fact]
    public void CpuImage_TakesATorchThatThereIs()
    {
        Assert.Contains("-p:TorchPackage=TorchSharp-cpu", Repository.Read("infra", "worker-cpu.Dockerfile"), StringComparison.Ordinal);
        Assert.Contains(
            "Include=\"$(TorchPackage)\"", Repository.Read("workers", "SmolLM3.Batch.Worker", "SmolLM3.Batch.Worker.csproj"),
            StringComparison.Ordinal);
        Assert.Contains(
            "<PackageVersion Include=\"TorchSharp-cpu\"", Repository.Read("Directory.Packages.props"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("infra/azure.yaml")]
    [InlineData(".github/workflows/build.yml")]
    [InlineData(".github/workflows/deploy.yml")]
    public void Yaml_IsValid_AndRunsScriptsThatThereAre(string path)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read(path)));
        string folder = path.StartsWith("infra", StringComparison.Ordinal) ? Infra : Repository.Root;

        var runs = yaml.Documents.Single().AllNodes.OfType<YamlMappingNode>()
            .SelectMany(node => node.Children).Where(pair => pair.Key.ToString() == "run").Select(pair => pair.Value.ToString()).ToList();
        Assert.NotEmpty(runs);
        foreach (Match script in runs.SelectMany(run => Script().Matches(run)))
            Assert.True(File.Exists(Path.Combine(folder, script.Value)), $"{path} runs {script.Value}, which is not there");
    }

    [Fact]
    public void DeployWorkflow_SignsInByFederatedIdentity()
    {
        string workflow = Repository.Read(".github", "workflows", "deploy.yml");
        Assert.Contains("id-token: write", workflow, StringComparison.Ordinal);
        Assert.Contains("azure/login@", workflow, StringComparison.Ordinal);
    }

    private static string Bash(params string[] arguments)
    {
        try
        {
            using Process bash =
                Process.Start(new ProcessStartInfo("bash", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            string errors = bash.StandardError.ReadToEnd();
            bash.WaitForExit();
            return errors;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no bash here.");
            throw;
        }
    }

    [GeneratedRegex(@"for name in ([A-Z_ ]+);")]
    private static partial Regex NameList();

    [GeneratedRegex("\"(\\w+)\":")]
    private static partial Regex Abbreviation();

    [GeneratedRegex(@"(?<![\w/*])(?:\./|infra/|\.ci/)[\w./-]*\w(?=[\s""]|$)")]
    private static partial Regex Script();
}
