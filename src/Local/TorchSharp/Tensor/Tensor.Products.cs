using TorchSharp.Kernels;
using TorchSharp.Kernels.Products;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor softmax(long dim, ScalarType? dtype = null) => SoftmaxKernel.Apply(this, dim, dtype, logarithm: false);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => SoftmaxKernel.Apply(this, dim, dtype, logarithm: true);

        public Tensor matmul(Tensor target) => MatrixProduct.Matmul(this, target);

        public Tensor mm(Tensor target)
        {
            if (Rank != 2 || target.Rank != 2) throw Error("self must be a matrix");
            return MatrixProduct.Matmul(this, target);
        }

        public Tensor bmm(Tensor batch2)
        {
            if (Rank != 3 || batch2.Rank != 3 || _shape[0] != batch2._shape[0])
                throw Error("batch1 and batch2 must be 3D tensors with the same batch size");
            return MatrixProduct.Matmul(this, batch2);
        }

        public Tensor mv(Tensor target)
        {
            if (Rank != 2 || target.Rank != 1) throw Error($"vector + matrix @ vector expected, got {Rank}, {target.Rank}");
            return MatrixProduct.Matmul(this, target);
        }

        public Tensor dot(Tensor target)
        {
            if (Rank != 1 || target.Rank != 1) throw Error($"1D tensors expected, but got {Rank}D and {target.Rank}D tensors");
            return MatrixProduct.Matmul(this, target);
        }

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1)
        {
            using var product = mat1.mm(mat2);
            if (alpha != 1) product.mul_(alpha);
            if (beta == 0) return product.expand_as(product).clone();
            using var scaled = beta == 1 ? alias() : mul(beta);
            return scaled.add(product);
        }

        public Tensor outer(Tensor vec2)
        {
            if (Rank != 1 || vec2.Rank != 1) throw Error("outer: Expected 1-D arguments");
            using var column = unsqueeze(1);
            return column.mul(vec2);
        }

        public Tensor ger(Tensor vec2) => outer(vec2);
    }
}
