using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public unsafe Tensor fill_(Scalar value)
        {
            var cell = stackalloc byte[8];
            Write(cell, value);
            Kernels.CopyKernel.Fill(this, cell);
            return this;
        }

        public unsafe Tensor zero_()
        {
            if (!is_contiguous()) return fill_(0);
            NativeMemory.Clear(Pointer, (nuint)(NumberOfElements * ElementSize));
            return this;
        }

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.empty(_shape, dtype ?? _dtype, device, requires_grad);

        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.zeros(_shape, dtype ?? _dtype, device, requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.ones(_shape, dtype ?? _dtype, device, requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.full(_shape, value, dtype ?? _dtype, device, requires_grad);

        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.empty(size, dtype ?? _dtype, device, requires_grad);

        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.zeros(size, dtype ?? _dtype, device, requires_grad);

        private unsafe void Write(byte* at, Scalar value)
        {
            switch (_dtype)
            {
                case ScalarType.Float32: *(float*)at = value.ToSingle(); break;
                case ScalarType.BFloat16: *(ushort*)at = BFloat16.Round(value.ToSingle()); break;
                case ScalarType.Float16: *(Half*)at = (Half)value.ToSingle(); break;
                case ScalarType.Float64: *(double*)at = value.ToDouble(); break;
                case ScalarType.Bool: *at = value.ToBoolean() ? (byte)1 : (byte)0; break;
                case ScalarType.Byte or ScalarType.Int8: *at = (byte)value.Integer; break;
                case ScalarType.Int16: *(short*)at = (short)value.Integer; break;
                case ScalarType.Int32: *(int*)at = (int)value.Integer; break;
                default: *(long*)at = value.Integer; break;
            }
        }
    }
}
