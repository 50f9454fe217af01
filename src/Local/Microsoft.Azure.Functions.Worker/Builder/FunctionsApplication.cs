using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) =>
        CreateBuilder(
            args,
            Assembly.GetEntryAssembly() ?? throw new InvalidOperationException("There is no entry assembly to find functions in."),
            Environment.GetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY") ?? AppContext.BaseDirectory);

    /// <summary>For tests, which name the functions and the folder of host.json and local.settings.json.</summary>
    internal static FunctionsApplicationBuilder CreateBuilder(string[] args, Assembly functions, string root) => new(args, functions, root);
}
