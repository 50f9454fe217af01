using SmolLM3.Inference.Loading;
using System.Buffers.Binary;
using System.Text;

namespace SmolLM3.Inference.Tests.Loading;

public sealed class SafetensorsHeaderTests
{
    private const string Good =
        """{"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}""";

    [Fact]
    public async Task ReadAsync_WellFormed_FindsTensors()
    {
        var tensors = await ReadAsync(File(Good, 16));
        Assert.Equal(["a", "b"], tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 3], tensors[0].Shape);
        Assert.Equal((8 + Good.Length + 12, 4), (tensors[1].Offset, tensors[1].Length));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,14]}}""", 14, "does not take")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]}}""", 11, "truncated")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]}}""", 13, "end at byte")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[-12,0]}}""", 12, "truncated or its header wrong")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[12,0]}}""", 12, "truncated or its header wrong")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "does not take")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[-2,-3],"data_offsets":[0,12]}}""", 12, "does not take")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[6],"data_offsets":[0,12]}}""", 12, "unknown type 'Q4'")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[6],"data_offsets":[0,12]},"a":{"dtype":"BF16","shape":[6],"data_offsets":[12,24]}}""", 24, "twice")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[6],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[6],"data_offsets":[6,18]}}""", 18, "overlaps")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[6],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[6],"data_offsets":[14,26]}}""", 26, "gap")]
    [InlineData("""{"a":{"shape":[6],"data_offsets":[0,12]}}""", 12, "cannot be read")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[6.5],"data_offsets":[0,12]}}""", 12, "cannot be read")]
    [InlineData("""{"a":7}""", 0, "cannot be read")]
    [InlineData("[]", 0, "no JSON object")]
    [InlineData("{", 0, "cannot be read")]
    public async Task ReadAsync_WrongHeader_SaysWhatIsWrong(string header, int dataLength, string problem)
    {
        var error = await Assert.ThrowsAsync<CheckpointException>(() => ReadAsync(File(header, dataLength)));
        Assert.Contains(problem, error.Message);
        Assert.StartsWith("model.safetensors of checkpoint memory: ", error.Message);
    }

    [Theory]
    [InlineData(0, "empty")]
    [InlineData(7, "too short")]
    public async Task ReadAsync_TinyFile_SaysSo(int length, string problem)
        => Assert.Contains(problem, (await Assert.ThrowsAsync<CheckpointException>(() => ReadAsync(new byte[length]))).Message);

    [Theory]
    [InlineData(100_000_001UL)]
    [InlineData(99_999_999UL)]
    [InlineData(ulong.MaxValue)]
    public async Task ReadAsync_HeaderClaimsMoreThanThereIs_NothingOfThatSizeIsRead(ulong claimed)
    {
        var source = new MemoryCheckpoint { Files = { ["model.safetensors"] = File(Good, 16, claimed) } };
        await Assert.ThrowsAsync<CheckpointException>(() => ReadAsync(source));
        Assert.Equal(8, source.LongestRead);
    }

    [Fact]
    public async Task ReadAsync_AnyDamage_IsACheckpointErrorOrHarmless()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var file = File(Good, 16);
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                file[random.Next(file.Length - 16)] = (byte)random.Next(256);
            if (random.Next(3) == 0)
                Array.Resize(ref file, random.Next(file.Length));
            try
            {
                var tensors = await ReadAsync(file);
                Assert.All(tensors, tensor => Assert.InRange(tensor.Offset + tensor.Length, 0, file.Length));
            }
            catch (CheckpointException error)
            {
                Assert.Contains("model.safetensors", error.Message);
            }
        }
    }

    private static Task<IReadOnlyList<SafetensorsTensor>> ReadAsync(byte[] file)
        => ReadAsync(new MemoryCheckpoint { Files = { ["model.safetensors"] = file } });

    private static Task<IReadOnlyList<SafetensorsTensor>> ReadAsync(MemoryCheckpoint source)
        => SafetensorsHeader.ReadAsync(source, new("model.safetensors", source.Files["model.safetensors"].Length), default);

    private static byte[] File(string header, int dataLength, ulong? claimed = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(file, claimed ?? (ulong)json.Length);
        json.CopyTo(file, 8);
        return file;
    }
}
