using System.Runtime.CompilerServices;
using TorchSharp.Kernels;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(this);
        }

        public unsafe T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            ValidateType(typeof(T));
            return Unsafe.Read<T>(Pointer);
        }

        public unsafe Scalar ToScalar()
        {
            if (NumberOfElements != 1) throw Error($"a Tensor with {NumberOfElements} elements cannot be converted to Scalar");
            var reader = new ScalarReader { At = Pointer };
            ElementTypes.Dispatch(_dtype, ref reader);
            return torch.is_integral(_dtype) ? Scalar.OfInteger(reader.Integer, _dtype) : Scalar.OfReal(reader.Real, _dtype);
        }

        public bool is_nonzero() => ToScalar().ToBoolean();

        /// <summary>The memory of a contiguous tensor of less than 2 GB.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                var size = NumberOfElements * ElementSize;
                ValidateBytes(size);
                return new Span<byte>(Pointer, (int)size);
            }

            set
            {
                if (!is_contiguous()) throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (NumberOfElements * ElementSize != value.Length) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>(Pointer, value.Length));
            }
        }

        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            ValidateBytes(0);
            var left = NumberOfElements * ElementSize;
            for (var at = Pointer; left > 0;)
            {
                var part = (int)Math.Min(left, bufferSize);
                stream.Write(new ReadOnlySpan<byte>(at, part));
                at += part;
                left -= part;
            }
        }

        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            ValidateBytes(0);
            var left = NumberOfElements * ElementSize;
            for (var at = Pointer; left > 0;)
            {
                var read = stream.Read(new Span<byte>(at, (int)Math.Min(left, bufferSize)));
                if (read == 0) throw new EndOfStreamException();
                at += read;
                left -= read;
            }
        }

        public Storage<T> storage<T>() where T : unmanaged => TorchSharp.torch.Storage.Create<T>(this);

        internal void ValidateType(Type dotnetType)
        {
            if (ToScalarType(dotnetType) != _dtype) throw new ArgumentException($"{dotnetType.Name} is not compatible with {_dtype}");
        }

        private void ValidateBytes(long size)
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            if (size > int.MaxValue) throw new ArgumentException("Span only supports up to int.MaxValue elements.");
        }

        private unsafe struct ScalarReader : IElementVisitor
        {
            public byte* At;
            public double Real;
            public long Integer;

            public void Visit<T>() where T : struct, IElement
            {
                Real = T.LoadDouble(At);
                Integer = double.IsFinite(Real) ? T.LoadInteger(At) : 0;
            }
        }

        public static explicit operator float(Tensor value) => value.ToSingle();

        public static explicit operator double(Tensor value) => value.ToDouble();

        public static explicit operator byte(Tensor value) => value.ToByte();

        public static explicit operator int(Tensor value) => value.ToInt32();

        public static explicit operator long(Tensor value) => value.ToInt64();

        public static explicit operator bool(Tensor value) => value.ToBoolean();
    }
}
