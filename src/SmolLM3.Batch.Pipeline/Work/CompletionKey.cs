using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Names a completion by all that decides it: the model and the request.</summary>
internal static class CompletionKey
{
    public static string Of(LanguageModelInfo model, CompletionRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{model.Name}\n{model.Revision}\n{model.ContextLength}\n"));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(request, BatchJson.Default.CompletionRequest));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 20));
    }
}
