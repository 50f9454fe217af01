using System.Buffers;

namespace SmolLM3.Inference.Loading;

/// <summary>A tensor's memory as <see cref="Memory{T}"/>, so that a source can read straight into it. The tensor must outlive it.</summary>
internal sealed unsafe class NativeMemory(byte* address, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(address, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(address + elementIndex);

    public override void Unpin()
    {
        // Native memory never moves.
    }

    protected override void Dispose(bool disposing)
    {
        // The tensor owns the memory.
    }
}
