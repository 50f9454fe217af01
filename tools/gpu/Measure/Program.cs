using SmolLM3.Measure.Commands;
using System.CommandLine;

namespace SmolLM3.Measure;

internal static class Program
{
    private static Task<int> Main(string[] arguments) => RunAsync(arguments);

    public static Task<int> RunAsync(string[] arguments) =>
        new RootCommand("Measures SmolLM3.Batch's engine; every measurement is one line of JSON. See tools/gpu/README.md.")
    {
        ReferenceCommand.Create(),
        GridCommand.Create(),
        MixedCommand.Create(),
        StepsCommand.Create(),
        LongCommand.Create(),
        ColdStartCommand.Create(),
        CheckpointCommand.Create(),
    }.Parse(arguments).InvokeAsync();
}
