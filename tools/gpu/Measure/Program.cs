using SmolLM3.Measure.Commands;
using System.CommandLine;

var root = new RootCommand("Measures SmolLM3.Batch's engine; every measurement is one line of JSON. See tools/gpu/README.md.")
{
    ReferenceCommand.Create(),
    GridCommand.Create(),
    MixedCommand.Create(),
    StepsCommand.Create(),
    LongCommand.Create(),
    ColdStartCommand.Create(),
    CheckpointCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
