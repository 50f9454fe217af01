using System.CommandLine;

namespace SmolLM3.Measure.Commands;

/// <summary>A verb with the options of all verbs; what goes wrong in it is a line of results too.</summary>
internal static class MeasureCommand
{
    public static Command Create(
        string name, string description, Func<ParseResult, RunOptions, ResultLog, CancellationToken, Task> run, params Option[] own)
    {
        var options = new RunOptions();
        var command = new Command(name, description);
        options.AddTo(command);
        foreach (var option in own)
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var log = options.Log(parsed);
            try
            {
                await run(parsed, options, log, cancellationToken);
                return 0;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.AppendFailure(name, e, options.Settings(parsed));
                Console.Error.WriteLine(e);
                return 1;
            }
        });
        return command;
    }

    public static Option<int[]> Numbers(string name, string description, string value) => new(name)
    {
        Description = $"{description} Default: {value}.",
        HelpName = "N,N",
        CustomParser = result =>
        {
            var numbers = result.Tokens[0].Value.Split(',').Select(text => int.TryParse(text, out var number) ? number : 0).ToArray();
            if (numbers.Any(number => number < 1)) result.AddError($"{name} takes numbers of at least 1, separated by commas.");
            return numbers;
        },
        DefaultValueFactory = _ => [.. value.Split(',').Select(int.Parse)],
    };
}
