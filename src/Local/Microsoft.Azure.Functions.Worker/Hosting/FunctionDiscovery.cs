using System.Reflection;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Invocation;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>
/// Finds the [Function] methods of an assembly and of those it references that use the worker, as the real generator does.
/// </summary>
internal static class FunctionDiscovery
{
    public static IReadOnlyList<FunctionMethod> Find(Assembly assembly)
    {
        var functions = Assemblies(assembly)
            .SelectMany(candidate => candidate.GetTypes())
            .Where(type => type is { IsClass: true, IsGenericTypeDefinition: false } && (!type.IsAbstract || type.IsSealed))
            .SelectMany(
                type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .Select(Describe)
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
        foreach (var same in functions.GroupBy(
            function => function.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            throw new InvalidOperationException(
                $"The function name '{same.Key}' is used by {string.Join(" and ", same.Select(function => function.EntryPoint))}. Names must be unique.");
        }
        return functions;
    }

    private static IEnumerable<Assembly> Assemblies(Assembly assembly)
    {
        var worker = typeof(FunctionAttribute).Assembly.GetName().Name;
        yield return assembly;
        foreach (var name in assembly.GetReferencedAssemblies())
        {
            if (name.Name is { } simple && !simple.StartsWith("System", StringComparison.Ordinal) && !simple.StartsWith("Microsoft", StringComparison.Ordinal)
                && Assembly.Load(name) is var referenced && referenced.GetReferencedAssemblies().Any(reference => reference.Name == worker))
            {
                yield return referenced;
            }
        }
    }

    private static FunctionMethod Describe(MethodInfo method)
    {
        var triggers = method.GetParameters()
            .SelectMany(parameter => parameter.GetCustomAttributes<TriggerBindingAttribute>().Select(
                trigger => (Parameter: parameter, Trigger: trigger)))
            .ToList();
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        return triggers.Count == 1
            ? new FunctionMethod(name, method, triggers[0].Parameter, triggers[0].Trigger)
            : throw new InvalidOperationException(
                $"The function '{name}' ({method.DeclaringType}.{method.Name}) has {triggers.Count} trigger parameters. It must have exactly one.");
    }
}
