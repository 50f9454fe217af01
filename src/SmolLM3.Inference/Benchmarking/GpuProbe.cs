using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>
/// What NVIDIA's management library (NVML) says of a GPU: the memory that all its processes hold, and the share of time in which a
/// kernel ran. TorchSharp tells neither.
/// </summary>
public sealed partial class GpuProbe : IDisposable
{
    private const string Library = "libnvidia-ml.so.1";
    private const int Success = 0;
    private const int NameLength = 96;

    private readonly nint _device;

    private GpuProbe(nint device) => _device = device;

    /// <summary>The GPU's name.</summary>
    public string Name => Text((buffer, length) => DeviceGetName(_device, buffer, length));

    /// <summary>The driver's version.</summary>
    public string DriverVersion => Text(SystemGetDriverVersion);

    /// <summary>Bytes of device memory.</summary>
    public long MemoryTotal => Memory().Total;

    /// <summary>Bytes of device memory in use, by any process.</summary>
    public long MemoryUsed => Memory().Used;

    /// <summary>
    /// Share of the driver's last sample period, a sixth of a second to a second, in which a kernel ran; null where the driver does not
    /// tell, as for a part of a GPU.
    /// </summary>
    public double? BusyShare => DeviceGetUtilizationRates(_device, out var rates) == Success ? rates.Gpu / 100.0 : null;

    /// <summary>
    /// The GPU of that name (<see cref="InferenceEngine.Device"/>), or null where it is none, or there is no NVIDIA driver or no such GPU.
    /// </summary>
    public static GpuProbe? TryOpen(string device)
    {
        var named = new torch.Device(device);
        return named.type == DeviceType.CUDA ? TryOpen(Math.Max(0, named.index)) : null;
    }

    private static GpuProbe? TryOpen(int index)
    {
        if (!NativeLibrary.TryLoad(Library, out _) || Initialize() != Success)
            return null;
        if (DeviceGetHandleByIndex((uint)index, out var device) == Success)
            return new(device);
        _ = Shutdown();
        return null;
    }

    /// <summary>Lets go of the library.</summary>
    public void Dispose() => _ = Shutdown();

    private (long Total, long Used) Memory()
    {
        Check(DeviceGetMemoryInfo(_device, out var memory));
        return ((long)memory.Total, (long)memory.Used);
    }

    private static string Text(Func<byte[], uint, int> read)
    {
        var buffer = new byte[NameLength];
        Check(read(buffer, NameLength));
        return Encoding.UTF8.GetString(buffer, 0, Math.Max(0, Array.IndexOf<byte>(buffer, 0)));
    }

    private static void Check(int result)
    {
        if (result != Success)
            throw new InvalidOperationException($"NVML answered {result}; nvidia-smi tells whether the driver works.");
    }

    private readonly record struct MemoryInfo(ulong Total, ulong Free, ulong Used);

    private readonly record struct UtilizationRates(uint Gpu, uint Memory);

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "nvmlShutdown")]
    private static partial int Shutdown();

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int DeviceGetHandleByIndex(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetName")]
    private static partial int DeviceGetName(nint device, [Out] byte[] name, uint length);

    [LibraryImport(Library, EntryPoint = "nvmlSystemGetDriverVersion")]
    private static partial int SystemGetDriverVersion([Out] byte[] version, uint length);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int DeviceGetMemoryInfo(nint device, out MemoryInfo memory);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetUtilizationRates")]
    private static partial int DeviceGetUtilizationRates(nint device, out UtilizationRates rates);
}
