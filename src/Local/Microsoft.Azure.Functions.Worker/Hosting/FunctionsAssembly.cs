using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>Where functions are looked for.</summary>
internal sealed record FunctionsAssembly(Assembly Assembly);
