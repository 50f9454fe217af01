using TorchSharp.Kernels;
using TorchSharp.Memory;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            var result = type == _dtype && !copy ? alias() : MakeCopy(type);
            if (disposeAfter) Dispose();
            return result;
        }

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor to(
            DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDeviceType(deviceType);
            return to_type(_dtype, copy, disposeAfter, non_blocking);
        }

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDevice(device);
            return to_type(type, copy, disposeAfter, non_blocking);
        }

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(device.type, device.index, copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        public Tensor cpu() => alias();

        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(DeviceType.CUDA, device?.index ?? -1);

        public Tensor pin_memory() => alias();

        public Tensor @bool() => to_type(ScalarType.Bool);

        public Tensor @byte() => to_type(ScalarType.Byte);

        public Tensor @int() => to_type(ScalarType.Int32);

        public Tensor @long() => to_type(ScalarType.Int64);

        public Tensor half() => to_type(ScalarType.Float16);

        public Tensor bfloat16() => to_type(ScalarType.BFloat16);

        public Tensor @float() => to_type(ScalarType.Float32);

        public Tensor @double() => to_type(ScalarType.Float64);

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            if (ReferenceEquals(this, source)) return this;
            using var safe = MemoryOverlap.NeedsCopy(this, source) ? source.MakeCopy(source.dtype) : null;
            CopyKernel.Copy(this, safe ?? source);
            return this;
        }

        /// <summary>A row-major copy with the given element type.</summary>
        internal Tensor MakeCopy(ScalarType type)
        {
            var copy = Create(_shape, type);
            CopyKernel.Copy(copy, this);
            return copy;
        }
    }
}
