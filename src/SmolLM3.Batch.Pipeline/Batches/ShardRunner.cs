using System.Text;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Answers the lines of a shard, all in one engine batch. A bad line costs that line only.</summary>
public sealed class ShardRunner(
    ShardReader reader, CheckpointStore checkpoints, ResultStore results, IOptions<BatchOptions> options,
    IOptions<PipelineOptions> pipeline) : IJobRunner
{
    /// <inheritdoc/>
    public bool CanRun(JobRecord job) => job.Shard is not null;

    /// <inheritdoc/>
    public async Task<JobRun> RunAsync(JobRecord job, ILanguageModel model, CancellationToken cancellationToken = default)
    {
        var lines = await reader.ReadAsync(job, cancellationToken).ConfigureAwait(false)
            ?? throw new DocumentUnavailableException(
                ErrorCodes.DocumentNotFound, "The input file of the batch was deleted before this shard ran.");
        var requests = Marked(
            [.. lines.Select(line => line.Request is null ? null : ToCompletion(line.Request, job.BatchId + line.CustomId, model))]);
        if (pipeline.Value.Checkpoints)
        {
            var keys = lines.Zip(requests).Where(pair => pair.Second is not null).ToDictionary(
                pair => pair.First.Number, pair => CompletionKey.Of(model.Info, pair.Second!));
            await checkpoints.ReplaceAsync(
                job.Id, ShardIndexJson.Key, new ShardIndex(model.Info, keys), ShardIndexJson.Default.ShardIndex, cancellationToken)
                    .ConfigureAwait(false);
        }
        var answers = await Task.WhenAll(lines.Zip(requests, (line, request) => AnswerAsync(job, line, request, model, cancellationToken)))
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new JobRun([await ShardFiles.WriteAsync(results, job, model.Info, "", answers, cancellationToken)
            .ConfigureAwait(false)], ShardFiles.Usage(answers), []);
    }

    private static CompletionRequest?[] Marked(CompletionRequest?[] requests)
    {
        var marked = new Queue<CompletionRequest>(SharedBeginnings.Mark([.. requests.OfType<CompletionRequest>()]));
        return [.. requests.Select(request => request is null ? null : marked.Dequeue())];
    }

    private static async Task<LineAnswer> AnswerAsync(
        JobRecord job, ShardLine line, CompletionRequest? request, ILanguageModel model, CancellationToken cancellationToken)
    {
        if (request is null)
            return new LineAnswer(line.Refusal!, Failed: true);
        try
        {
            var completion = await model.CompleteAsync(request, cancellationToken).ConfigureAwait(false);
            var created = job.StartedAt ?? job.CreatedAt;
            return new LineAnswer(
                ChatLineWriter.Answer(
                    job.Id, line.Number, line.CustomId, completion, model.Info, created), Failed: false, Usage: completion.Usage);
        }
        catch (PromptTooLongException exception)
        {
            return Refused(new ChatLineError("context_length_exceeded", exception.Message, "messages"));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or FormatException)
        {
            return Refused(new ChatLineError("invalid_request", exception.Message));
        }

        LineAnswer Refused(ChatLineError cause) =>
            new(ChatLineWriter.Refusal(job.Id, line.Number, line.CustomId, 400, cause), Failed: true);
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
    private static ulong SeedOf(string text) =>
        BitConverter.ToUInt64(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private int RoomFor(ChatRequest request, ILanguageModel model) => Math.Max(
        1, Math.Min(
            options.Value.DefaultMaxTokens, model.Info.ContextLength - model.CountPromptTokens(request.Messages, request.Thinking)));
}
