using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Finds out what a device and a libtorch have.</summary>
internal static class FusedKernels
{
    /// <returns>The kernels, or null, and in words what was found.</returns>
    public static (IFusedKernels? Kernels, string Note) Load(ModelConfig config, ScalarType type, Device device)
    {
        if (device.type != DeviceType.CUDA)
            return Without($"{device} has none");
        if (type is not (ScalarType.BFloat16 or ScalarType.Float16))
            return Without($"there are none for {type}");
        IFusedKernels? kernels = null;
        try
        {
            kernels = new TorchScriptKernels(config);
            KernelCheck.Run(kernels, config, type, device);
            return (kernels, "fused: RMSNorm, and attention of all sequences at once");
        }
        catch (Exception e) when (e is ExternalException or EntryPointNotFoundException or NotSupportedException or InvalidDataException)
        {
            // An older device, a libtorch whose kernel computes something else, or one built without it: all of them can do without.
            kernels?.Dispose();
            return Without(e.Message.ReplaceLineEndings(" "));
        }
    }

    private static (IFusedKernels?, string) Without(string reason) => (null, $"one sequence at a time: {reason}");
}
