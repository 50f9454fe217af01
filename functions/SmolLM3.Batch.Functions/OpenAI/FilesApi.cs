using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary><c>/v1/files</c>: input, output and error files of batches.</summary>
public sealed class FilesApi(FileStore files, IOptions<BatchOptions> options)
{
    /// <summary>Bytes of a form beside its file: fields, boundaries and headers.</summary>
    internal const int FormOverhead = 1 << 20;

    /// <summary>Uploads an input file as multipart form data: <c>purpose</c> and <c>file</c>.</summary>
    [Function(nameof(CreateFile))]
    public Task<IResult> CreateFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/files")] HttpRequest request, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () =>
        {
            if (!request.HasFormContentType)
                return OpenAIErrors.Of(
                    StatusCodes.Status400BadRequest, "Send the file as multipart/form-data with the fields 'purpose' and 'file'.", null,
                    null);
            var form = await ReadFormAsync(request, cancellationToken).ConfigureAwait(false);
            if (form is null)
                return TooLarge();
            if (form["purpose"] != FileStore.InputPurpose)
                return OpenAIErrors.Of(
                    StatusCodes.Status400BadRequest, $"'{form["purpose"]}' is no purpose that is served; use '{FileStore.InputPurpose}'.",
                    "purpose", "invalid_value");
            if (form.Files.GetFile("file") is not { } file)
                return OpenAIErrors.Of(
                    StatusCodes.Status400BadRequest, "The form has no file in the field 'file'.", "file", "missing_required_parameter");
            var content = file.OpenReadStream();
            await using (content.ConfigureAwait(false))
            {
                return await files.CreateAsync(content, Path.GetFileName(file.FileName), cancellationToken)
                    .ConfigureAwait(false) is { } created
                    ? OpenAIObjects.Json(OpenAIObjects.Of(created))
                    : TooLarge();
            }
        });

    /// <summary>Lists files: <c>purpose</c>, <c>order</c>, <c>limit</c>, <c>after</c>.</summary>
    [Function(nameof(ListFiles))]
    public Task<IResult> ListFiles(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/files")] HttpRequest request, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () =>
        {
            string? purpose = request.Query["purpose"];
            var all = (await files.ListAsync(cancellationToken)
                .ConfigureAwait(false)).Where(file => string.IsNullOrEmpty(purpose) || file.Purpose == purpose);
            if (request.Query["order"] != "asc")
                all = all.Reverse();
            return OpenAIObjects.Page<BatchFile>(request, [.. all], file => file.Id, OpenAIObjects.Of, 10_000, 10_000);
        });

    /// <summary>One file.</summary>
    [Function(nameof(GetFile))]
    public Task<IResult> GetFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/files/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () => await files.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } file
            ? OpenAIObjects.Json(OpenAIObjects.Of(file))
            : OpenAIErrors.NotFound("file", id));

    /// <summary>The content of a file.</summary>
    [Function(nameof(GetFileContent))]
    public Task<IResult> GetFileContent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/files/{id}/content")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () => await files.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } file
            && await files.OpenAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false) is { } content
            ? TypedResults.Stream(content, "application/octet-stream", file.Filename)
            : OpenAIErrors.NotFound("file", id));

    /// <summary>Deletes a file.</summary>
    [Function(nameof(DeleteFile))]
    public Task<IResult> DeleteFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/files/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        OpenAIErrors.GuardAsync(request, async () => await files.DeleteAsync(id, cancellationToken).ConfigureAwait(false)
            ? OpenAIObjects.Json(new JsonObject { ["id"] = id, ["object"] = "file", ["deleted"] = true })
            : OpenAIErrors.NotFound("file", id));

    private async Task<IFormCollection?> ReadFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var limit = options.Value.MaxFileBytes;
            var form = new FormOptions { MultipartBodyLengthLimit = limit, BufferBodyLengthLimit = limit };
            return await request.ReadFormAsync(form, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is InvalidDataException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            return null;
        }
    }

    private IResult TooLarge() => OpenAIErrors.Of(
        StatusCodes.Status413PayloadTooLarge,
        $"The file is larger than {options.Value.MaxFileBytes:N0} bytes, or the form is damaged. Split the file into several batches.",
        "file",
        "file_too_large");
}
