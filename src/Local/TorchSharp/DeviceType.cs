namespace TorchSharp;

/// <summary>The kinds of device that the library knows; this build computes on the CPU alone.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    MPS = 13,
    META = 14,
}
