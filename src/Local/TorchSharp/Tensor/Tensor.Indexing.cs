using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => this[[TensorIndex.Single(i1)]] = value;
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => this[[TensorIndex.Single(i1), TensorIndex.Single(i2)]];
            set => this[[TensorIndex.Single(i1), TensorIndex.Single(i2)]] = value;
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => this[[TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3)]];
            set => this[[TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3)]] = value;
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var (view, tensors) = IndexPositions(indices);
            if (tensors.Count == 0) return view;
            using (view) return view.IndexByTensors(tensors);
        }

        public Tensor index(params Tensor[] indices) => index([.. indices.Select(TensorIndex.Tensor)]);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            var (view, tensors) = IndexPositions(indices);
            using var _ = view;
            if (tensors.Count == 0) view.copy_(value);
            else view.PutByTensors(tensors, value);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, [.. indices.Select(TensorIndex.Tensor)]);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var number = torch.full([], value, _dtype);
            return index_put_(number, indices);
        }

        /// <summary>Applies positions, slices and new axes; tensor indices stay, by the dimension they apply to.</summary>
        private (Tensor View, List<(int Dim, Tensor Index)> Tensors) IndexPositions(TensorIndex[] indices)
        {
            var consumed = indices.Sum(i => i.kind switch
            {
                TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => i.tensor!.dtype == ScalarType.Bool ? i.tensor.Rank : 1,
                _ => 0,
            });
            if (consumed > Rank) throw Error($"too many indices for tensor of dimension {Rank}");
            var tensors = new List<(int, Tensor)>();
            var (offset, shape, strides) = (_offset, new List<long>(), new List<long>());
            var dim = 0;
            foreach (var item in indices)
            {
                switch (item.kind)
                {
                    case TensorIndex.Kind.Null or TensorIndex.Kind.None:
                        shape.Add(1);
                        strides.Add(0);
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        for (var rest = Rank - consumed; rest > 0; rest--, dim++)
                        {
                            shape.Add(_shape[dim]);
                            strides.Add(_strides[dim]);
                        }

                        break;
                    case TensorIndex.Kind.Single:
                        var at = item.startIndexOrBoolOrSingle ?? 0;
                        if (at < -_shape[dim] || at >= _shape[dim])
                            throw Error(
                                $"select(): index {at} out of range for tensor of size [{string.Join(", ", _shape)}] at dimension {dim}");
                        offset += (at < 0 ? at + _shape[dim] : at) * _strides[dim];
                        dim++;
                        break;
                    case TensorIndex.Kind.Slice:
                        var step = item.step ?? 1;
                        if (step <= 0) throw Error("slice step must be positive");
                        var (start, stop) = (item.startIndexOrBoolOrSingle ?? 0, item.stopIndex ?? _shape[dim]);
                        start = Math.Clamp(start < 0 ? start + _shape[dim] : start, 0, _shape[dim]);
                        stop = Math.Clamp(stop < 0 ? stop + _shape[dim] : stop, start, _shape[dim]);
                        offset += start * _strides[dim];
                        shape.Add((stop - start + step - 1) / step);
                        strides.Add(_strides[dim] * step);
                        dim++;
                        break;
                    case TensorIndex.Kind.Tensor:
                        AddTensorIndex(item.tensor!, tensors, shape.Count);
                        for (var used = item.tensor!.dtype == ScalarType.Bool ? item.tensor.Rank : 1; used > 0; used--, dim++)
                        {
                            shape.Add(_shape[dim]);
                            strides.Add(_strides[dim]);
                        }

                        break;
                    default:
                        throw new NotSupportedException($"An index of kind {item.kind} is not supported.");
                }
            }

            for (; dim < Rank; dim++)
            {
                shape.Add(_shape[dim]);
                strides.Add(_strides[dim]);
            }

            return (View(offset, [.. shape], [.. strides]), tensors);
        }

        // A mask stands for one index per dimension that it covers.
        private static void AddTensorIndex(Tensor index, List<(int, Tensor)> tensors, int dim)
        {
            if (index.dtype != ScalarType.Bool)
            {
                tensors.Add((dim, index.to_type(ScalarType.Int64)));
                return;
            }

            using var positions = index.nonzero();
            for (var i = 0; i < index.Rank; i++) tensors.Add((dim + i, positions.select(1, i)));
        }

        private Tensor IndexByTensors(List<(int Dim, Tensor Index)> tensors)
        {
            using var plan = new GatherPlan(this, tensors);
            using var rows = plan.Rows.index_select(0, plan.Flat);
            return rows.reshape(plan.ResultShape);
        }

        private void PutByTensors(List<(int Dim, Tensor Index)> tensors, Tensor value)
        {
            using var plan = new GatherPlan(this, tensors);
            using var source = value.expand((ReadOnlySpan<long>)plan.ResultShape);
            using var flat = source.reshape([plan.Flat.NumberOfElements, .. plan.Rows._shape[1..]]);
            using var rows = plan.Rows.clone();
            using var typed = flat.to_type(_dtype);
            rows.index_copy_(0, plan.Flat, typed);
            plan.Restore(rows);
        }
    }

    /// <summary>
    /// Indexing by tensors as row selection: the indexed dimensions are brought to the front and flattened into rows,
    /// and the index tensors, broadcast together, into row numbers.
    /// </summary>
    private sealed class GatherPlan : IDisposable
    {
        private readonly Tensor _permuted;

        public GatherPlan(Tensor target, List<(int Dim, Tensor Index)> tensors)
        {
            using var scope = NewDisposeScope();
            var dims = tensors.Select(t => t.Dim).ToArray();
            var others = Enumerable.Range(0, target.Rank).Except(dims).ToArray();
            _permuted = target.permute([.. dims.Concat(others).Select(d => (long)d)]);
            var shape = tensors.Aggregate(Array.Empty<long>(), (s, t) => Shapes.Broadcast(s, t.Index.Sizes));
            var flat = zeros(shape, ScalarType.Int64);
            foreach (var (dim, index) in tensors)
            {
                CheckRange(index, target.Sizes[dim]);
                var wrapped = index.remainder(target.Sizes[dim]);
                flat = flat.mul(target.Sizes[dim]).add(wrapped);
                index.Dispose();
            }

            Flat = flat.reshape(-1);
            Rows = _permuted.reshape([dims.Aggregate(1L, (n, d) => n * target.Sizes[d]), .. others.Select(d => target.Sizes[d])]);

            // Neighbouring index tensors put their dimensions where they stand, separated ones in front.
            var inPlace = dims.SequenceEqual(Enumerable.Range(dims[0], dims.Length));
            var lead = inPlace ? dims[0] : 0;
            ResultShape = [.. others[..lead].Select(d => target.Sizes[d]), .. shape, .. others[lead..].Select(d => target.Sizes[d])];
            if (lead > 0) throw new NotSupportedException("Index tensors after slices are supported only through index_select.");
            scope.Detach(_permuted, Flat, Rows);
        }

        public Tensor Rows { get; }

        public Tensor Flat { get; }

        public long[] ResultShape { get; }

        public void Restore(Tensor rows)
        {
            using var shaped = rows.reshape(_permuted.Sizes);
            _permuted.copy_(shaped);
        }

        public void Dispose()
        {
            Flat.Dispose();
            Rows.Dispose();
            _permuted.Dispose();
        }

        private static void CheckRange(Tensor index, long size)
        {
            if (index.NumberOfElements == 0) return;
            var (low, high) = (index.min().ToInt64(), index.max().ToInt64());
            if (low < -size || high >= size)
                throw Tensor.Error($"index {(low < -size ? low : high)} is out of bounds for dimension with size {size}");
        }
    }
}
