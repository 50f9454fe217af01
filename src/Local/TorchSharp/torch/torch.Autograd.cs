namespace TorchSharp;

public static partial class torch
{
    [ThreadStatic]
    private static bool _gradientsDisabled;

    [ThreadStatic]
    private static bool _inferenceMode;

    public static IDisposable no_grad() => new GradientMode(enabled: false, inference: _inferenceMode);

    public static IDisposable enable_grad(bool enabled = true) => new GradientMode(enabled, _inferenceMode);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradientMode(mode, _inferenceMode);

    public static bool is_grad_enabled() => !_gradientsDisabled;

    public static IDisposable inference_mode(bool mode = true) => new GradientMode(!mode, mode);

    public static bool is_inference_mode_enabled() => _inferenceMode;

    /// <summary>Nothing here records gradients; the modes nest and report as the real ones do.</summary>
    private sealed class GradientMode : IDisposable
    {
        private readonly bool _outerDisabled = _gradientsDisabled;
        private readonly bool _outerInference = _inferenceMode;

        public GradientMode(bool enabled, bool inference)
        {
            _gradientsDisabled = !enabled;
            _inferenceMode = inference;
        }

        public void Dispose()
        {
            _gradientsDisabled = _outerDisabled;
            _inferenceMode = _outerInference;
        }
    }
}
