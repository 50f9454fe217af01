using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker.Invocation;

/// <summary>A method marked [Function], with the parameter that triggers it.</summary>
internal sealed class FunctionMethod : FunctionDefinition
{
    public FunctionMethod(string name, MethodInfo method, ParameterInfo triggerParameter, TriggerBindingAttribute trigger)
    {
        Name = name;
        Method = method;
        TriggerParameter = triggerParameter;
        Trigger = trigger;
        EntryPoint = $"{method.DeclaringType!.FullName}.{method.Name}";
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}:{EntryPoint}")))[..16];
        Parameters = [.. method.GetParameters().Select(parameter => new FunctionParameter(parameter.Name!, parameter.ParameterType))];
        InputBindings = ImmutableDictionary<string, BindingMetadata>.Empty.Add(
            triggerParameter.Name!, new TriggerMetadata(triggerParameter.Name!, TriggerType));
    }

    public MethodInfo Method { get; }

    public ParameterInfo TriggerParameter { get; }

    public TriggerBindingAttribute Trigger { get; }

    /// <summary>As in function.json: serviceBusTrigger, httpTrigger, timerTrigger.</summary>
    public string TriggerType
    {
        get
        {
            var name = Trigger.GetType().Name;
            return char.ToLowerInvariant(name[0]) + name[1..^nameof(Attribute).Length];
        }
    }

    public override string Name { get; }

    public override string Id { get; }

    public override string EntryPoint { get; }

    public override string PathToAssembly => Method.DeclaringType!.Assembly.Location;

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; } = ImmutableDictionary<string, BindingMetadata>.Empty;

    /// <summary>Whether the trigger attribute sets a property: what it leaves unset is for host.json to say.</summary>
    public bool TryGetSetting<T>(string property, out T? value)
    {
        var data = TriggerParameter.GetCustomAttributesData().First(attribute => attribute.AttributeType == Trigger.GetType());
        foreach (var argument in data.NamedArguments)
        {
            if (argument.MemberName == property)
            {
                value = (T?)argument.TypedValue.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    private sealed class TriggerMetadata(string name, string type) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => BindingDirection.In;
    }
}
