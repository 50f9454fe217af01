namespace SmolLM3.Benchmarks.Measurements;

/// <summary>What a micro-benchmark cannot show, for it takes one run of many parts: named by the first argument.</summary>
internal static class Measurement
{
    /// <summary>Runs the measurement that the arguments name; false where they name none.</summary>
    public static async Task<bool> TryRunAsync(string[] args)
    {
        switch (args)
        {
            case ["masks"]:
                MaskMeasurement.Run();
                return true;
            case ["attention"]:
                AttentionMeasurement.Run();
                return true;
            case ["context"]:
                await ContextMeasurement.RunAsync();
                return true;
            case ["sharing", var shape, var type, var layers]:
                await SharingMeasurement.RunAsync(shape, type, int.Parse(layers, System.Globalization.CultureInfo.InvariantCulture));
                return true;
            default:
                return false;
        }
    }
}
