namespace SmolLM3.Local.BlobServer;

/// <summary>What a blob server serves, where, and whom it tells.</summary>
public sealed class BlobServerOptions
{
    /// <summary>The account and key that storage emulators have in common; public knowledge, not a secret.</summary>
    public const string WellKnownAccount = "devstoreaccount1";

    public const string WellKnownKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>The folder whose sub-folders are the containers.</summary>
    public required string Folder { get; init; }

    /// <summary>The loopback port; 0 takes a free one.</summary>
    public int Port { get; init; } = 10000;

    public string Account { get; init; } = WellKnownAccount;

    public string Key { get; init; } = WellKnownKey;

    /// <summary>Containers made at start if they are not there.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>Containers whose new blobs are announced, and which are watched for files dropped by hand.</summary>
    public IReadOnlyList<string> AnnouncedContainers { get; init; } = ["documents"];

    /// <summary>Between two looks at the watched folders. A dropped file counts as uploaded once two looks found it the same.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Before an announcement that failed is tried again; doubles up to thirty times this.</summary>
    public TimeSpan AnnounceRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Folder))
            throw new ArgumentException("BlobServer needs a folder: set BlobServer:Folder.");
        if (Port is < 0 or > 65535)
            throw new ArgumentException($"BlobServer:Port is {Port}; it must lie between 0 and 65535.");
        if (WatchInterval <= TimeSpan.Zero || AnnounceRetryDelay <= TimeSpan.Zero)
            throw new ArgumentException("BlobServer:WatchInterval and BlobServer:AnnounceRetryDelay must be positive.");
        try
        {
            Convert.FromBase64String(Key);
        }
        catch (FormatException error)
        {
            throw new ArgumentException("BlobServer:Key is not base64.", error);
        }

        foreach (string container in Containers.Concat(AnnouncedContainers))
        {
            if (!Storage.BlobNames.IsContainerName(container))
                throw new ArgumentException($"'{container}' is no container name: 3 to 63 lower-case letters, digits and single hyphens.");
        }
    }
}
