using System.Collections;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The memory under a tensor.</summary>
    public abstract class Storage
    {
        protected Tensor _tensor;

        protected Storage(Tensor tensor) => _tensor = tensor;

        internal static Storage<T> Create<T>(Tensor tensor) where T : unmanaged => new(tensor.to_type(ToScalarType(typeof(T))));

        public abstract int element_size();

        /// <summary>The address of the storage's first byte; the tensor begins <c>storage_offset()</c> elements further on.</summary>
        public unsafe IntPtr data_ptr() => (IntPtr)_tensor.Storage.Pointer;

        public ulong nbytes() => (ulong)_tensor.Storage.Size;
    }

    /// <summary>The memory under a tensor, as elements.</summary>
    public sealed class Storage<T> : Storage, IDisposable, IEnumerable<T> where T : unmanaged
    {
        internal Storage(Tensor tensor) : base(tensor)
        {
        }

        public override unsafe int element_size() => sizeof(T);

        public Device device => CPU;

        public int Count => checked((int)((long)nbytes() / element_size()));

        public unsafe T this[int index]
        {
            get => ((T*)data_ptr())[Check(index)];
            set => ((T*)data_ptr())[Check(index)] = value;
        }

        public T[] ToArray() => [.. this];

        public IEnumerator<T> GetEnumerator()
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>Releases the share that the storage object holds of the memory.</summary>
        public void Dispose() => _tensor.Dispose();

        private int Check(int index) => (uint)index < (uint)Count ? index : throw new IndexOutOfRangeException();
    }
}
