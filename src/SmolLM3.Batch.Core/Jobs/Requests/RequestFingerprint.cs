using System.Security.Cryptography;
using System.Text.Json;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Jobs;

/// <summary>Tells whether two requests under one id are the same request.</summary>
public static class RequestFingerprint
{
    /// <summary>SHA-256 of the request without its id, as hexadecimal.</summary>
    public static string Of(JobRequest request) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(request with { JobId = null }, BatchJson.Default.JobRequest)));
}
