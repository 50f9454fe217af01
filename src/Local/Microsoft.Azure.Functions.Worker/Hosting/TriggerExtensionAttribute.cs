namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>Names, in an extension's assembly, the <see cref="TriggerHost"/> of its trigger attribute.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class TriggerExtensionAttribute(Type trigger, Type host) : Attribute
{
    public Type Trigger => trigger;

    public Type Host => host;
}
