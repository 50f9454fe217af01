using System.Security.Cryptography;

namespace SmolLM3.Batch.Infrastructure.Tests.Scripts;

public sealed class CopyModelTests : IDisposable
{
    private const string Weights = "weights";
    private readonly ScriptRunner _scripts = new();

    [Fact]
    public void CopyModel_UploadsWhatIsMissing_WithItsHash()
    {
        StubHub(Sha256(Weights));
        _scripts.With("az");

        var (exit, output, errors) = _scripts.Run("copy-model.sh", ["stx", "org/model"]);

        Assert.True(exit == 0, errors);
        Assert.Equal(3, _scripts.Calls.Count(call => call.StartsWith("az storage blob upload", StringComparison.Ordinal)));
        _scripts.Index("--name org/model/model.safetensors", $"sha256={Sha256(Weights)} commit=abc");
        Assert.DoesNotContain(_scripts.Calls, call => call.Contains("training_args", StringComparison.Ordinal));
        Assert.Contains("modelRevision=abc", output, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyModel_LeavesWhatIsThere()
    {
        StubHub(Sha256(Weights));
        _scripts.With("az", $$"""case "$*" in *"blob show"*model.safetensors*) printf '7\t{{Sha256(Weights)}}\tabc\n' ;; esac""");

        var (exit, output, errors) = _scripts.Run("copy-model.sh", ["stx", "org/model"]);

        Assert.True(exit == 0, errors);
        Assert.Contains("model.safetensors is there", output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _scripts.Calls,
            call => call.Contains("blob upload", StringComparison.Ordinal) && call.Contains("model.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public void CopyModel_WrongHash_UploadsNothingOfIt()
    {
        StubHub(Sha256("something else"));
        _scripts.With("az");

        var (exit, _, errors) = _scripts.Run("copy-model.sh", ["stx", "org/model"]);

        Assert.NotEqual(0, exit);
        Assert.Contains("model.safetensors has the wrong SHA-256", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _scripts.Calls,
            call => call.Contains("blob upload", StringComparison.Ordinal) && call.Contains("model.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public void CopyModel_OfWhatIsNoCheckpoint_SaysWhatIsMissing()
    {
        _scripts.With("az").With("curl", """
            case "${@: -1}" in
              */revision/main) echo '{"sha":"abc"}' ;;
              *) echo '[{"type":"file","path":"config.json","size":2},{"type":"file","path":"pytorch_model.bin","size":9},{"type":"file","path":"tokenizer.json","size":2}]' ;;
            esac
            """);

        var (exit, _, errors) = _scripts.Run("copy-model.sh", ["stx", "org/model"]);

        Assert.NotEqual(0, exit);
        Assert.Contains("has no file .safetensors", errors, StringComparison.Ordinal);
        _scripts.NoCall("upload");
    }

    public void Dispose() => _scripts.Dispose();

    private void StubHub(string sha256) => _scripts.With("curl", $$$"""
        url="${@: -1}"
        case "$url" in
          */revision/main) echo '{"sha":"abc"}' ;;
          */tree/abc*) echo '[{"type":"file","path":"config.json","size":2},{"type":"file","path":"tokenizer.json","size":2},{"type":"file","path":"training_args.bin","size":9},{"type":"file","path":"onnx/model.safetensors","size":9},{"type":"file","path":"model.safetensors","size":{{{Weights.Length}}},"lfs":{"oid":"{{{sha256}}}"}}]' ;;
          */resolve/abc/config.json | */resolve/abc/tokenizer.json) printf '{}' > "$(echo "$*" | sed 's/.*--output \([^ ]*\).*/\1/')" ;;
          */resolve/abc/model.safetensors) printf '{{{Weights}}}' > "$(echo "$*" | sed 's/.*--output \([^ ]*\).*/\1/')" ;;
          *) exit 22 ;;
        esac
        """);

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
