using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary><c>/v1/batches</c>.</summary>
public sealed class BatchesApi(BatchService batches, BatchStore store, FileStore files)
{
    private const int MaxRequestBytes = 64 << 10;

    /// <summary>Creates a batch over an uploaded file.</summary>
    [Function(nameof(CreateBatch))]
    public Task<IResult> CreateBatch(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/batches")] HttpRequest request, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () =>
        {
            var create = BatchRequestReader.Read(await RequestBody.ReadAsync(request, MaxRequestBytes, cancellationToken)
                .ConfigureAwait(false));
            if (await files.FindAsync(create.InputFileId, cancellationToken)
                .ConfigureAwait(false) is not { Purpose: FileStore.InputPurpose } input)
                throw new InvalidRequestException(
                    "input_file_id", $"There is no file '{create.InputFileId}' of the purpose '{FileStore.InputPurpose}'.");
            var batch = await batches.CreateAsync(input, create.Endpoint, create.CompletionWindow, create.Metadata, cancellationToken)
                .ConfigureAwait(false);
            return OpenAIObjects.Json(OpenAIObjects.Of(batch));
        });

    /// <summary>Lists batches, newest first: <c>limit</c>, <c>after</c>.</summary>
    [Function(nameof(ListBatches))]
    public Task<IResult> ListBatches(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/batches")] HttpRequest request, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () =>
        {
            var limit = OpenAIObjects.Limit(request, 20, 100);
            var ids = await store.ListIdsAsync(cancellationToken).ConfigureAwait(false);
            // One more than is shown tells whether there are more.
            var found = await store.ReadAsync(ids.Skip(OpenAIObjects.Start(request, ids)), limit + 1, cancellationToken).ConfigureAwait(false);
            return OpenAIObjects.Page([.. found.Take(limit)], found.Count > limit, batch => batch.Id, OpenAIObjects.Of);
        });

    /// <summary>One batch.</summary>
    [Function(nameof(GetBatch))]
    public Task<IResult> GetBatch(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/batches/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () => await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } batch
            ? OpenAIObjects.Json(OpenAIObjects.Of(batch))
            : OpenAIErrors.NotFound("batch", id));

    /// <summary>Asks a batch to end. Lines that are answered by then are in its output file.</summary>
    [Function(nameof(CancelBatch))]
    public Task<IResult> CancelBatch(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/batches/{id}/cancel")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () =>
        {
            if (await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } known)
                return OpenAIErrors.NotFound("batch", id);
            if (known.IsFinal)
                return OpenAIErrors.Of(
                    StatusCodes.Status400BadRequest, $"Cannot cancel a batch with status '{OpenAIObjects.Of(known)["status"]}'.", null,
                    null);
            return await batches.CancelAsync(id, cancellationToken).ConfigureAwait(false) is { } batch
                ? OpenAIObjects.Json(OpenAIObjects.Of(batch))
                : OpenAIErrors.NotFound("batch", id);
        });
}
