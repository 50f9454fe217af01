using System.Text;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Manifests;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Answers the lines of a shard, all in one engine batch. A bad line costs that line only.</summary>
public sealed class ShardRunner(FileStore files, ResultStore results, IOptions<BatchOptions> options) : IJobRunner
{
    private const string TaskName = "lines";

    /// <inheritdoc/>
    public bool CanRun(JobRecord job) => job.Shard is not null;

    /// <inheritdoc/>
    public async Task<JobRun> RunAsync(JobRecord job, ILanguageModel model, CancellationToken cancellationToken = default)
    {
        var lines = await ReadAsync(job.Shard!, cancellationToken).ConfigureAwait(false);
        var answers = await Task.WhenAll(lines.Select(line => AnswerAsync(job, line, model, cancellationToken))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        var manifestFiles = new List<ManifestFile>();
        foreach (var (name, failed) in new[] { (BlobNames.OutputFile, false), (BlobNames.ErrorFile, true) })
        {
            var content = answers.Where(answer => answer.Failed == failed).SelectMany(answer => answer.Bytes).ToArray();
            if (content.Length > 0)
                manifestFiles.Add(await results.WriteAsync(job.Id, name, "application/jsonl", content, cancellationToken).ConfigureAwait(false));
        }
        var task = new ManifestTask
        {
            Name = TaskName, Type = TaskName, Coverage = 1, Files = manifestFiles,
            Lines = new ManifestLines(answers.Count(answer => !answer.Failed), answers.Count(answer => answer.Failed)),
        };
        return new JobRun([task], answers.Aggregate(default(TokenUsage), (sum, answer) => sum + answer.Usage), []);
    }

    private async Task<List<JsonLine>> ReadAsync(ShardReference shard, CancellationToken cancellationToken)
    {
        var source = new BatchFile("", "", "", 0, default, shard.Container, shard.Blob);
        var content = await files.OpenAsync(source, shard.Offset, shard.Length, cancellationToken).ConfigureAwait(false)
            ?? throw new DocumentUnavailableException(ErrorCodes.DocumentNotFound, "The input file of the batch was deleted before this shard ran.");
        var lines = new List<JsonLine>();
        await using (content.ConfigureAwait(false))
        {
            await foreach (var line in JsonLines.ReadAsync(content, options.Value.MaxLineBytes, cancellationToken).ConfigureAwait(false))
            {
                if (!line.IsBlank)
                    lines.Add(line with { Number = shard.FirstLine + line.Number - 1 });
            }
        }
        return lines;
    }

    private async Task<LineAnswer> AnswerAsync(JobRecord job, JsonLine line, ILanguageModel model, CancellationToken cancellationToken)
    {
        if (line.TooLong)
            return NotRead(new ChatLineError("line_too_long", $"The line has more than {options.Value.MaxLineBytes:N0} bytes."));
        var read = ChatLineReader.Read(line.Content);
        if (read.Error is { } error)
            return read.CustomId is null ? NotRead(error) : Refused(error);
        if (job.Shard!.Duplicates.Contains(line.Number))
            return Refused(new ChatLineError("duplicate_custom_id", $"An earlier line has the custom_id '{read.CustomId}'.", "custom_id"));
        try
        {
            var request = ToCompletion(read.Request!, job.BatchId + read.CustomId, model);
            var completion = await model.CompleteAsync(request, cancellationToken).ConfigureAwait(false);
            var created = job.StartedAt ?? job.CreatedAt;
            return new LineAnswer(ChatLineWriter.Answer(job.Id, line.Number, read.CustomId, completion, model.Info, created), false, completion.Usage);
        }
        catch (PromptTooLongException exception)
        {
            return Refused(new ChatLineError("context_length_exceeded", exception.Message, "messages"));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or FormatException)
        {
            return Refused(new ChatLineError("invalid_request", exception.Message));
        }

        LineAnswer NotRead(ChatLineError cause) => new(ChatLineWriter.Error(job.Id, line.Number, null, cause), true, default);

        LineAnswer Refused(ChatLineError cause) => new(ChatLineWriter.Refusal(job.Id, line.Number, read.CustomId, 400, cause), true, default);
    }

    private CompletionRequest ToCompletion(ChatRequest request, string seedText, ILanguageModel model) => new()
    {
        Messages = request.Messages,
        MaxTokens = request.MaxTokens ?? RoomFor(request, model),
        Temperature = request.Temperature ?? options.Value.DefaultTemperature,
        TopP = request.TopP ?? options.Value.DefaultTopP,
        TopK = request.TopK,
        MinP = request.MinP,
        RepetitionPenalty = request.RepetitionPenalty,
        Seed = request.Seed is { } seed ? unchecked((ulong)seed) : SeedOf(seedText),
        JsonSchema = request.JsonSchema,
        Stop = request.Stop,
        Thinking = request.Thinking,
    };

    // A seed that follows from the line's name: the line's answer is the same at every attempt and on every worker.
    private static ulong SeedOf(string text) => BitConverter.ToUInt64(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private int RoomFor(ChatRequest request, ILanguageModel model) => Math.Max(
        1, Math.Min(options.Value.DefaultMaxTokens, model.Info.ContextLength - model.CountPromptTokens(request.Messages, request.Thinking)));

    private readonly record struct LineAnswer(byte[] Bytes, bool Failed, TokenUsage Usage);
}
