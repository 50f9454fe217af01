using System.Text;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>Blocks that were put but are in no list yet: one file each, named after the block's id.</summary>
internal sealed class UncommittedBlocks(FolderLayout layout)
{
    public string PathOf(BlobAddress blob, string id) =>
        Path.Combine(layout.BlocksOf(blob), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(id)));

    public IReadOnlyList<CommittedBlock> List(BlobAddress blob)
    {
        return Files(layout.BlocksOf(blob))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new CommittedBlock(Encoding.UTF8.GetString(Convert.FromHexString(file.Name)), file.Length))
            .ToList();
    }

    private static FileInfo[] Files(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFiles();
        }
        catch (DirectoryNotFoundException)
        {
            // None were put, or a commit has just taken them.
            return [];
        }
    }

    public void Put(BlobAddress blob, string id, StagedContent content) => AtomicFile.Move(content.Path, PathOf(blob, id));
}
