using Spectre.Console;

namespace SmolLM3.Batch.Cli.Output;

/// <summary>Colours and bars on a terminal; elsewhere plain text in lines that nothing wraps.</summary>
internal static class Terminal
{
    private const int UnwrappedWidth = 240;

    public static void Configure()
    {
        if (!Console.IsOutputRedirected) return;
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        AnsiConsole.Profile.Width = UnwrappedWidth;
    }
}
