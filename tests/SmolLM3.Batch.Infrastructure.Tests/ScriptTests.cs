using System.Diagnostics;
using System.Security.Cryptography;

namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>The scripts, run against commands that only write down how they were called.</summary>
public sealed class ScriptTests : IDisposable
{
    private const string Weights = "weights";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("smollm3-scripts-");

    [Fact]
    public void Deploy_KeepsTheImage_ThenBuildsAndSetsTheNewOne_ThenDeploysTheFunctions()
    {
        Stub("az", """
            case "$*" in
              "deployment sub show"*) echo '{"azurE_RESOURCE_GROUP":{"value":"rg-x"},"functioN_APP_NAME":{"value":"func-x"},"registrY_NAME":{"value":"crx"},"registrY_HOST":{"value":"crx.azurecr.io"},"workeR_KIND":{"value":"job"},"workeR_NAME":{"value":"caj-x"},"workeR_HARDWARE":{"value":"T4"},"storagE_ACCOUNT_NAME":{"value":"stx"},"apI_ENDPOINT":{"value":"https://x"}}' ;;
              "resource list"*) echo /subscriptions/0/job ;;
              "resource show"*) echo crx.azurecr.io/worker:old ;;
              "identity list"*) echo /id/worker ;;
            esac
            """);
        Stub("dotnet", """mkdir -p "$(echo "$*" | sed 's/.*--output \([^ ]*\).*/\1/')" """);
        Stub("zip", "");

        var (exit, _, errors) = Run("deploy.sh", ["dev", "swedencentral", "alertEmail=ops@contoso.com"], ("IMAGE_TAG", "new"));

        Assert.True(exit == 0, errors);
        string[] calls = Calls();
        int[] steps =
        [
            Index(calls, "az deployment sub create --name smollm3-batch-dev --location swedencentral", "workerImage=crx.azurecr.io/worker:old", "alertEmail=ops@contoso.com", "parameters/dev.json"),
            Index(calls, "az acr build --registry crx --image worker:new", "infra/worker.Dockerfile"),
            Index(calls, "az containerapp job update --name caj-x --resource-group rg-x --image crx.azurecr.io/worker:new"),
            Index(calls, "dotnet publish", "-p:BuildFor=azure"),
            Index(calls, "az functionapp deployment source config-zip --name func-x"),
        ];
        Assert.Equal(steps.Order(), steps);
    }

    [Fact]
    public void Deploy_WhatIf_ChangesNothing()
    {
        Stub("az", "");
        Stub("dotnet", "");
        Stub("zip", "");

        var (exit, _, errors) = Run("deploy.sh", ["dev", "swedencentral"], ("WHAT_IF", "1"));

        Assert.True(exit == 0, errors);
        Index(Calls(), "az deployment sub what-if");
        Assert.DoesNotContain(Calls(), call => call.Contains("create", StringComparison.Ordinal) || call.Contains("acr build", StringComparison.Ordinal));
    }

    [Fact]
    public void Teardown_WithoutTheEnvironmentsName_DeletesNothing()
    {
        Stub("az", """[ "$1 $2" = "group exists" ] && echo true || true""");

        var (exit, _, errors) = Run("teardown.sh", ["dev"], input: "yes\n");

        Assert.NotEqual(0, exit);
        Assert.Contains("nothing was deleted", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), call => call.Contains("delete", StringComparison.Ordinal));
    }

    [Fact]
    public void CopyModel_UploadsWhatIsMissing_WithItsHash()
    {
        StubHub(Sha256(Weights));
        Stub("az", "");

        var (exit, output, errors) = Run("copy-model.sh", ["stx", "org/model"]);

        Assert.True(exit == 0, errors);
        Assert.Equal(2, Calls().Count(call => call.StartsWith("az storage blob upload", StringComparison.Ordinal)));
        Index(Calls(), "--name org/model/model.safetensors", $"sha256={Sha256(Weights)} commit=abc");
        Assert.DoesNotContain(Calls(), call => call.Contains("training_args", StringComparison.Ordinal));
        Assert.Contains("modelRevision=abc", output, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyModel_LeavesWhatIsThere()
    {
        StubHub(Sha256(Weights));
        Stub("az", $$"""case "$*" in *"blob show"*model.safetensors*) printf '7\t{{Sha256(Weights)}}\tabc\n' ;; esac""");

        var (exit, output, errors) = Run("copy-model.sh", ["stx", "org/model"]);

        Assert.True(exit == 0, errors);
        Assert.Contains("model.safetensors is there", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), call => call.Contains("blob upload", StringComparison.Ordinal) && call.Contains("model.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public void CopyModel_WrongHash_UploadsNothingOfIt()
    {
        StubHub(Sha256("something else"));
        Stub("az", "");

        var (exit, _, errors) = Run("copy-model.sh", ["stx", "org/model"]);

        Assert.NotEqual(0, exit);
        Assert.Contains("model.safetensors has the wrong SHA-256", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), call => call.Contains("blob upload", StringComparison.Ordinal) && call.Contains("model.safetensors", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void StubHub(string sha256) => Stub("curl", $$$"""
        url="${@: -1}"
        case "$url" in
          */revision/main) echo '{"sha":"abc"}' ;;
          */tree/abc*) echo '[{"type":"file","path":"config.json","size":2},{"type":"file","path":"training_args.bin","size":9},{"type":"file","path":"model.safetensors","size":{{{Weights.Length}}},"lfs":{"oid":"{{{sha256}}}"}}]' ;;
          */resolve/abc/config.json) printf '{}' > "$(echo "$*" | sed 's/.*--output \([^ ]*\).*/\1/')" ;;
          */resolve/abc/model.safetensors) printf '{{{Weights}}}' > "$(echo "$*" | sed 's/.*--output \([^ ]*\).*/\1/')" ;;
          *) exit 22 ;;
        esac
        """);

    private void Stub(string command, string body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts are for bash.");
        string path = Path.Combine(_folder.FullName, command);
        File.WriteAllText(path, $"#!/usr/bin/env bash\necho \"{command} $*\" >> \"$STUB_LOG\"\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private (int Exit, string Output, string Errors) Run(string script, string[] arguments, (string Name, string Value)? variable = null, string input = "")
    {
        Assert.SkipUnless(OnPath("bash") && OnPath("jq") && OnPath("sha256sum"), "There is no bash, jq or sha256sum here.");
        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "infra", script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = _folder.FullName + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        start.Environment["STUB_LOG"] = Path.Combine(_folder.FullName, "log");
        if (variable is { } set)
            start.Environment[set.Name] = set.Value;
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private string[] Calls() => File.ReadAllLines(Path.Combine(_folder.FullName, "log"));

    private static int Index(string[] calls, params string[] parts)
    {
        int index = Array.FindIndex(calls, call => parts.All(part => call.Contains(part, StringComparison.Ordinal)));
        Assert.True(index >= 0, $"No call with {string.Join(" and ", parts)} among:\n{string.Join('\n', calls)}");
        return index;
    }

    private static bool OnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, command)));

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
