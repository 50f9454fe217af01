using System.Runtime.CompilerServices;

namespace SmolLM3.Batch.Tasks.Tests.Support;

/// <summary>Expected results as files in Golden/. GOLDEN_WRITE=1 writes them anew, for a person to look over and commit.</summary>
internal static class Golden
{
    public static void AssertEqual(string name, string actual, [CallerFilePath] string caller = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(caller)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("GOLDEN_WRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
