namespace TorchSharp;

public static partial class torch
{
    public static class jit
    {
        /// <summary>TorchScript is libtorch's own language: this build has no interpreter for it.</summary>
        /// <exception cref="NotSupportedException">Always.</exception>
        public static CompilationUnit compile(string script)
        {
            ArgumentException.ThrowIfNullOrEmpty(script);
            throw new NotSupportedException("TorchScript is not supported by this build.");
        }

        public sealed class CompilationUnit : IDisposable
        {
            private CompilationUnit()
            {
            }

            public object invoke(string name, params object[] objs)
                => throw new NotSupportedException("TorchScript is not supported by this build.");

            public void Dispose()
            {
            }
        }
    }
}
