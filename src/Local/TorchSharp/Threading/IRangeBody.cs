namespace TorchSharp.Threading;

/// <summary>Work over an index range, any part of which may run on any thread.</summary>
internal interface IRangeBody
{
    void Run(long begin, long end);
}
