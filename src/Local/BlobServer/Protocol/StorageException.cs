namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>An error of the Blob service: status, code and message as the service words them.</summary>
internal sealed class StorageException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    /// <summary>Further elements of the error body.</summary>
    public Dictionary<string, string> Details { get; init; } = [];

    public Dictionary<string, string> Headers { get; init; } = [];

    public static StorageException ContainerNotFound() => new(404, "ContainerNotFound", "The specified container does not exist.");

    public static StorageException ContainerAlreadyExists() =>
        new(409, "ContainerAlreadyExists", "The specified container already exists.");

    public static StorageException BlobNotFound() => new(404, "BlobNotFound", "The specified blob does not exist.");

    public static StorageException BlobAlreadyExists() => new(409, "BlobAlreadyExists", "The specified blob already exists.");

    public static StorageException ConditionNotMet() =>
        new(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");

    public static StorageException NotModified() =>
        new(304, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");

    public static StorageException CannotVerifyCopySource(int status, string message) => new(status, "CannotVerifyCopySource", message);

    public static StorageException InvalidHeader(string name, string? value) =>
        new(400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.")
        {
            Details = new() { ["HeaderName"] = name, ["HeaderValue"] = value ?? "" },
        };

    public static StorageException InvalidQuery(string name, string? value) =>
        new(400, "InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid.")
        {
            Details = new() { ["QueryParameterName"] = name, ["QueryParameterValue"] = value ?? "" },
        };

    public static StorageException MissingHeader(string name) =>
        new(400, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified.")
        {
            Details = new() { ["HeaderName"] = name },
        };

    public static StorageException NotImplemented(string what) =>
        new(501, "NotImplemented", $"The local blob server does not support {what}. Use Azure Storage or Azurite for it.");

    public static StorageException InvalidXml() => new(400, "InvalidXmlDocument", "XML specified is not syntactically valid.");

    public static StorageException InvalidResourceName() =>
        new(400, "InvalidResourceName", "The specified resource name contains invalid characters.");

    public static StorageException NameTooLong() =>
        new(400, "OutOfRangeInput", "The specified resource name length is not within the permissible limits.");

    public static StorageException InvalidBlockList() => new(400, "InvalidBlockList", "The specified block list is invalid.");

    public static StorageException InvalidRange(long length) =>
        new(416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
        {
            Headers = new() { ["Content-Range"] = $"bytes */{length}" },
        };

    public static StorageException AuthenticationFailed(string detail) =>
        new(403, "AuthenticationFailed",
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.")
        {
            Details = new() { ["AuthenticationErrorDetail"] = detail },
        };

    public static StorageException Md5Mismatch(string sent, string computed) =>
        new(400, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.")
        {
            Details = new() { ["UserSpecifiedMd5"] = sent, ["ServerCalculatedMd5"] = computed },
        };

    public static StorageException Crc64Mismatch(string sent, string computed) =>
        new(400, "Crc64Mismatch", "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.")
        {
            Details = new() { ["UserSpecifiedCrc64"] = sent, ["ServerCalculatedCrc64"] = computed },
        };

    public static StorageException DiskFull(string folder) =>
        new(507, "InsufficientStorage", $"The disk that holds {folder} is full. Free some space and send the request again.");
}
