using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Memory;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A strided view of shared native memory. Views share their storage; disposing a tensor releases its share.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        private NativeStorage? _storage;
        private readonly long[] _shape;
        private readonly long[] _strides;
        private readonly long _offset;
        private readonly ScalarType _dtype;

        /// <summary>Takes over one reference to <paramref name="storage"/>.</summary>
        internal Tensor(NativeStorage storage, long offset, long[] shape, long[] strides, ScalarType dtype)
        {
            _storage = storage;
            _offset = offset;
            _shape = shape;
            _strides = strides;
            _dtype = dtype;
            NumberOfElements = Shapes.Count(shape);
            var total = Interlocked.Increment(ref _totalCount);
            if (total > _peakCount) _peakCount = total;
            DisposeScopeManager.ThreadSingleton.Register(this);
        }

        /// <summary>The number of tensors alive.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        public static long PeakCount => _peakCount;

        public string? name { get; set; }

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>The tensor's place in its scope's list.</summary>
        internal int ScopeSlot;

        internal long[] Sizes => _shape;

        internal long[] Strides => _strides;

        internal int Rank => _shape.Length;

        internal NativeStorage Storage
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => _storage ?? throw new InvalidOperationException("Tensor invalid -- empty handle.");
        }

        /// <summary>The address of the first element.</summary>
        internal unsafe byte* Pointer
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Storage.Pointer + _offset * ScalarTypes.SizeOf(_dtype);
        }

        public bool IsInvalid => _storage is null;

        public ScalarType dtype => _dtype;

        public Device device => CPU;

        public DeviceType device_type => DeviceType.CPU;

        public int device_index => -1;

        public bool is_cuda => false;

        public bool is_meta => false;

        public bool is_sparse => false;

        public bool is_leaf => true;

        public bool requires_grad
        {
            get => false;
            set
            {
                if (value) throw new NotSupportedException("This build computes no gradients: requires_grad cannot be set.");
            }
        }

        public bool is_cpu() => true;

        public bool is_pinned() => false;

        public long Dimensions => _shape.Length;

        public long dim() => _shape.Length;

        public long ndim => _shape.Length;

        public long NumberOfElements { get; }

        public long numel() => NumberOfElements;

        public long ElementSize => ScalarTypes.SizeOf(_dtype);

        public long element_size() => ScalarTypes.SizeOf(_dtype);

        public bool is_integral() => torch.is_integral(_dtype);

        public bool is_floating_point() => torch.is_floating_point(_dtype);

        public bool is_complex() => false;

        public long[] shape => (long[])_shape.Clone();

        public long[] size() => (long[])_shape.Clone();

        public long size(int dim) => _shape[Shapes.Wrap(dim, Rank)];

        public long[] stride() => (long[])_strides.Clone();

        public long stride(int dim) => _strides[Shapes.Wrap(dim, Rank)];

        public long storage_offset() => _offset;

        public bool is_contiguous() => Shapes.IsContiguous(_shape, _strides);

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var storage = Interlocked.Exchange(ref _storage, null);
            if (storage is null) return;
            DisposeScopeManager.ThreadSingleton.CountDisposal(this);
            OwningDisposeScope?.MarkAsDisposed(this);
            Interlocked.Decrement(ref _totalCount);
            storage.Release();
        }

        /// <summary>Called by the scope that has already let the tensor go.</summary>
        internal void DisposeFromScope()
        {
            var storage = Interlocked.Exchange(ref _storage, null);
            if (storage is null) return;
            DisposeScopeManager.ThreadSingleton.CountDisposal(this);
            OwningDisposeScope = null;
            Interlocked.Decrement(ref _totalCount);
            storage.Release();
        }

        internal static void ForgetUndisposed(int count) => Interlocked.Add(ref _totalCount, -count);

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null) other?.Attach(this);
            else OwningDisposeScope.MoveToOther(other, this);
            return this;
        }

        public override string ToString() => $"[{string.Join("x", _shape)}], type = {_dtype}, device = cpu";

        /// <summary>Makes a tensor of its own memory, row-major, with undefined contents.</summary>
        internal static Tensor Create(long[] shape, ScalarType dtype)
        {
            var bytes = checked(Shapes.Count(shape) * ScalarTypes.SizeOf(dtype));
            return new Tensor(NativeStorage.Allocate(bytes), 0, shape, Shapes.RowMajor(shape), dtype);
        }

        /// <summary>Makes a view of this tensor's storage.</summary>
        internal Tensor View(long offset, long[] shape, long[] strides) =>
            new(Storage.AddReference(), offset, shape, strides, _dtype);

        internal static ExternalException Error(string message) => new(message);
    }
}
