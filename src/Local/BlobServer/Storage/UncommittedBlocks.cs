using System.Text;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>Blocks that were put but are in no list yet: one file each, named after the block's id.</summary>
internal sealed class UncommittedBlocks(FolderLayout layout)
{
    public string PathOf(BlobAddress blob, string id) =>
        Path.Combine(layout.BlocksOf(blob), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(id)));

    public IReadOnlyList<CommittedBlock> List(BlobAddress blob)
    {
        var folder = new DirectoryInfo(layout.BlocksOf(blob));
        if (!folder.Exists)
            return [];
        return folder.GetFiles()
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new CommittedBlock(Encoding.UTF8.GetString(Convert.FromHexString(file.Name)), file.Length))
            .ToList();
    }

    public void Put(BlobAddress blob, string id, StagedContent content) => AtomicFile.Move(content.Path, PathOf(blob, id));
}
