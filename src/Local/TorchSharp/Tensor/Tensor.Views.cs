namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor alias() => View(_offset, _shape, _strides);

        public Tensor detach() => alias();

        public Tensor view(params long[] shape)
        {
            var target = Shapes.Infer(shape, NumberOfElements);
            var strides = Shapes.ViewStrides(_shape, _strides, target) ?? throw Error(
                "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.");
            return View(_offset, target, strides);
        }

        public Tensor view_as(Tensor other) => view(other._shape);

        public Tensor reshape(params long[] shape)
        {
            var target = Shapes.Infer(shape, NumberOfElements);
            if (Shapes.ViewStrides(_shape, _strides, target) is { } strides) return View(_offset, target, strides);
            using var copy = MakeCopy(_dtype);
            return copy.View(0, target, Shapes.RowMajor(target));
        }

        public Tensor flatten(long start_dim = 0, long end_dim = -1)
        {
            var (start, end) = (Shapes.Wrap(start_dim, Rank), Shapes.Wrap(end_dim, Rank));
            if (start > end) throw Error("flatten() has invalid args: start_dim cannot come after end_dim");
            if (Rank == 0) return reshape(1);
            return reshape([.. _shape[..start], Shapes.Count(_shape.AsSpan(start, end - start + 1)), .. _shape[(end + 1)..]]);
        }

        public Tensor unflatten(long dim, params long[] sizes)
        {
            var at = Shapes.Wrap(dim, Rank);
            return reshape([.. _shape[..at], .. Shapes.Infer(sizes, _shape[at]), .. _shape[(at + 1)..]]);
        }

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L)
        {
            var last = storageOffset;
            for (var i = 0; i < size.Length; i++) last += Math.Max(size[i] - 1, 0) * strides[i];
            if (storageOffset < 0 || (last + 1) * ElementSize > Storage.Size) throw Error("as_strided reaches outside of the storage");
            return View(storageOffset, (long[])size.Clone(), (long[])strides.Clone());
        }

        public Tensor transpose(long dim0, long dim1)
        {
            var (a, b) = (Shapes.Wrap(dim0, Rank), Shapes.Wrap(dim1, Rank));
            var (shape, strides) = ((long[])_shape.Clone(), (long[])_strides.Clone());
            if (Rank > 0)
            {
                (shape[a], shape[b]) = (shape[b], shape[a]);
                (strides[a], strides[b]) = (strides[b], strides[a]);
            }

            return View(_offset, shape, strides);
        }

        public Tensor swapdims(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor t()
        {
            if (Rank > 2) throw Error($"t() expects a tensor with <= 2 dimensions, but self is {Rank}D");
            return Rank < 2 ? alias() : transpose(0, 1);
        }

        public Tensor T => permute([.. Enumerable.Range(0, Rank).Reverse().Select(i => (long)i)]);

        public Tensor mT => transpose(-2, -1);

        public Tensor permute(params long[] permutation)
        {
            if (permutation.Length != Rank) throw Error($"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {Rank} is not equal to len(dims) = {permutation.Length}");
            var (shape, strides) = (new long[Rank], new long[Rank]);
            var seen = 0L;
            for (var i = 0; i < Rank; i++)
            {
                var from = Shapes.Wrap(permutation[i], Rank);
                if ((seen & (1L << from)) != 0) throw Error("permute(): duplicate dims are not allowed.");
                seen |= 1L << from;
                (shape[i], strides[i]) = (_shape[from], _strides[from]);
            }

            return View(_offset, shape, strides);
        }

        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false)
        {
            if (sizes.Length < Rank) throw Error($"expand: the number of sizes provided ({sizes.Length}) must be greater or equal to the number of dimensions in the tensor ({Rank})");
            var target = sizes.ToArray();
            var lead = target.Length - Rank;
            for (var i = 0; i < target.Length; i++)
            {
                if (target[i] != -1) continue;
                if (i < lead)
                    throw Error($"expand: The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {i}");
                target[i] = _shape[i - lead];
            }

            return View(_offset, target, Shapes.BroadcastStrides(_shape, _strides, target));
        }

        public Tensor expand(long[] sizes, bool isImplicit = false) => expand((ReadOnlySpan<long>)sizes, isImplicit);

        public Tensor expand(params long[] sizes) => expand((ReadOnlySpan<long>)sizes);

        public Tensor expand_as(Tensor other) => expand((ReadOnlySpan<long>)other._shape);

        public Tensor squeeze(long? dim = null)
        {
            if (dim is { } only)
            {
                var at = Shapes.Wrap(only, Rank);
                return Rank == 0 || _shape[at] != 1 ? alias() : View(_offset, Shapes.Without(_shape, at), Shapes.Without(_strides, at));
            }

            var kept = Enumerable.Range(0, Rank).Where(i => _shape[i] != 1).ToArray();
            return View(_offset, [.. kept.Select(i => _shape[i])], [.. kept.Select(i => _strides[i])]);
        }

        public Tensor unsqueeze(long dim)
        {
            var at = Shapes.Wrap(dim, Rank + 1);
            var stride = at < Rank ? _shape[at] * _strides[at] : 1;
            return View(_offset, Shapes.With(_shape, at, 1), Shapes.With(_strides, at, stride));
        }

        public Tensor narrow(long dim, long start, long length)
        {
            var at = Shapes.Wrap(dim, Rank);
            if (start < 0) start += _shape[at];
            if (start < 0 || length < 0 || start + length > _shape[at])
                throw Error($"start ({start}) + length ({length}) exceeds dimension size ({_shape[at]}).");
            return View(_offset + start * _strides[at], Shapes.Replace(_shape, at, length), _strides);
        }

        public Tensor slice(long dim, long start, long finish, long step)
        {
            if (step <= 0) throw Error("slice step must be positive");
            var at = Shapes.Wrap(dim, Rank);
            var size = _shape[at];
            start = Math.Clamp(start < 0 ? start + size : start, 0, size);
            finish = Math.Clamp(finish < 0 ? finish + size : finish, start, size);
            return View(
                _offset + start * _strides[at],
                Shapes.Replace(_shape, at, (finish - start + step - 1) / step),
                Shapes.Replace(_strides, at, _strides[at] * step));
        }

        public Tensor select(long dim, long index)
        {
            if (Rank == 0) throw Error("select() cannot be applied to a 0-dim tensor.");
            var at = Shapes.Wrap(dim, Rank);
            var size = _shape[at];
            if (index < -size || index >= size)
                throw Error($"select(): index {index} out of range for tensor of size [{string.Join(", ", _shape)}] at dimension {dim}");
            if (index < 0) index += size;
            return View(_offset + index * _strides[at], Shapes.Without(_shape, at), Shapes.Without(_strides, at));
        }

        public Tensor[] unbind(long dimension = 0L)
        {
            var parts = new Tensor[_shape[Shapes.Wrap(dimension, Rank)]];
            for (var i = 0; i < parts.Length; i++) parts[i] = select(dimension, i);
            return parts;
        }

        public Tensor[] split(long size, int dim = 0)
        {
            var total = _shape[Shapes.Wrap(dim, Rank)];
            var parts = new Tensor[Math.Max(1, (total + size - 1) / size)];
            for (var i = 0; i < parts.Length; i++) parts[i] = narrow(dim, i * size, Math.Min(size, total - i * size));
            return parts;
        }

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0)
        {
            var total = _shape[Shapes.Wrap(dim, Rank)];
            var parts = new Tensor[sizes.Length];
            var start = 0L;
            for (var i = 0; i < parts.Length; i++)
            {
                parts[i] = narrow(dim, start, sizes[i]);
                start += sizes[i];
            }

            if (start != total) throw Error($"split_with_sizes expects split_sizes to sum exactly to {total} (input tensor's size at dimension {dim}), but got split_sizes={string.Join(", ", sizes.ToArray())}");
            return parts;
        }

        public Tensor[] split(long[] sizes, long dim = 0) => split((ReadOnlySpan<long>)sizes, dim);

        public Tensor[] chunk(long chunks, long dim = 0L)
        {
            var total = _shape[Shapes.Wrap(dim, Rank)];
            return split(Math.Max(1, (total + chunks - 1) / chunks), (int)dim);
        }

        public Tensor movedim(long[] source, long[] destination)
        {
            var order = new long[Rank];
            Array.Fill(order, -1);
            var moved = source.Select(d => Shapes.Wrap(d, Rank)).ToArray();
            for (var i = 0; i < moved.Length; i++) order[Shapes.Wrap(destination[i], Rank)] = moved[i];
            var rest = Enumerable.Range(0, Rank).Except(moved).GetEnumerator();
            for (var i = 0; i < Rank; i++)
            {
                if (order[i] >= 0) continue;
                rest.MoveNext();
                order[i] = rest.Current;
            }

            return permute(order);
        }

        public Tensor contiguous() => is_contiguous() ? alias() : MakeCopy(_dtype);

        public Tensor clone() => MakeCopy(_dtype);
    }
}
