using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Functions;

/// <summary>
/// Files, batches and lists as the OpenAI API writes them: every field there, null where it has no value, times in Unix seconds.
/// </summary>
internal static class OpenAIObjects
{
    public static JsonObject Of(BatchFile file) => new()
    {
        ["id"] = file.Id,
        ["object"] = "file",
        ["bytes"] = file.Bytes,
        ["created_at"] = file.CreatedAt.ToUnixTimeSeconds(),
        ["expires_at"] = null,
        ["filename"] = file.Filename,
        ["purpose"] = file.Purpose,
        ["status"] = "processed",
        ["status_details"] = null,
    };

    public static JsonObject Of(BatchRecord batch) => new()
    {
        ["id"] = batch.Id,
        ["object"] = "batch",
        ["endpoint"] = batch.Endpoint,
        ["model"] = batch.Shards.Select(shard => shard.Model).FirstOrDefault(model => model is not null),
        ["errors"] = batch.Errors.Count == 0 ? null : new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. batch.Errors.Select(error => new JsonObject
            {
                ["code"] = error.Code, ["line"] = error.Line, ["message"] = error.Message, ["param"] = error.Param,
            })]),
        },
        ["input_file_id"] = batch.InputFileId,
        ["completion_window"] = batch.CompletionWindow,
        ["status"] = StatusOf(batch.State),
        ["output_file_id"] = batch.OutputFileId,
        ["error_file_id"] = batch.ErrorFileId,
        ["created_at"] = batch.CreatedAt.ToUnixTimeSeconds(),
        ["in_progress_at"] = Seconds(batch.InProgressAt),
        ["expires_at"] = batch.ExpiresAt.ToUnixTimeSeconds(),
        ["finalizing_at"] = Seconds(batch.FinalizingAt),
        ["completed_at"] = Seconds(batch.State == BatchState.Completed ? batch.EndedAt : null),
        ["failed_at"] = Seconds(batch.State == BatchState.Failed ? batch.EndedAt : null),
        ["expired_at"] = Seconds(batch.State == BatchState.Expired ? batch.EndedAt : null),
        ["cancelling_at"] = Seconds(batch.CancellingAt),
        ["cancelled_at"] = Seconds(batch.State == BatchState.Cancelled ? batch.EndedAt : null),
        ["request_counts"] = new JsonObject
        {
            ["total"] = batch.Shards.Sum(shard => shard.Requests),
            ["completed"] = batch.Shards.Sum(shard => shard.Completed),
            ["failed"] = batch.Shards.Sum(shard => shard.Failed),
        },
        ["usage"] = Of(batch.Shards.Aggregate(default(TokenUsage), (sum, shard) => sum + shard.Usage)),
        ["metadata"] = batch.Metadata.Count == 0 ? null : new JsonObject(batch.Metadata.Select(entry => new KeyValuePair<string, JsonNode?>(entry.Key, entry.Value))),
    };

    private static JsonObject Of(TokenUsage usage) => new()
    {
        ["input_tokens"] = usage.PromptTokens,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CachedTokens },
        ["output_tokens"] = usage.CompletionTokens,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.ReasoningTokens },
        ["total_tokens"] = usage.PromptTokens + usage.CompletionTokens,
    };

    /// <summary>A page of a list: <c>limit</c> items behind the one that <c>after</c> names.</summary>
    public static IResult Page<T>(
        HttpRequest request, IReadOnlyList<T> all, Func<T, string> id, Func<T, JsonObject> write, int defaultLimit, int maxLimit)
    {
        var (start, limit) = (Start(request, [.. all.Select(id)]), Limit(request, defaultLimit, maxLimit));
        return Page([.. all.Skip(start).Take(limit)], start + limit < all.Count, id, write);
    }

    /// <summary>A page as it stands, and whether others follow.</summary>
    public static IResult Page<T>(IReadOnlyList<T> page, bool hasMore, Func<T, string> id, Func<T, JsonObject> write) => Json(new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. page.Select(write)]),
        ["first_id"] = page.Count > 0 ? id(page[0]) : null,
        ["last_id"] = page.Count > 0 ? id(page[^1]) : null,
        ["has_more"] = hasMore,
    });

    /// <summary>Where a page begins: behind the id that <c>after</c> names.</summary>
    public static int Start(HttpRequest request, IReadOnlyList<string> ids)
    {
        string? after = request.Query["after"];
        if (string.IsNullOrEmpty(after))
            return 0;
        var start = 1 + ids.TakeWhile(id => id != after).Count();
        return start <= ids.Count ? start : throw new InvalidRequestException("after", $"There is no '{after}' to go on from.");
    }

    /// <summary>Items a page.</summary>
    public static int Limit(HttpRequest request, int defaultLimit, int maxLimit)
    {
        string? text = request.Query["limit"];
        if (string.IsNullOrEmpty(text))
            return defaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= maxLimit
            ? limit
            : throw new InvalidRequestException("limit", $"'{text}' is no number from 1 to {maxLimit}.");
    }

    public static IResult Json(JsonObject value) => TypedResults.Text(value.ToJsonString(), "application/json");

    private static string StatusOf(BatchState state) =>
        state == BatchState.InProgress ? "in_progress" : state.ToString().ToLowerInvariant();

    private static JsonNode? Seconds(DateTimeOffset? time) => time?.ToUnixTimeSeconds();
}
