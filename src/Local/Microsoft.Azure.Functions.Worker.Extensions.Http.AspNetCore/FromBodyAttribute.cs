namespace Microsoft.Azure.Functions.Worker.Http;

[AttributeUsage(AttributeTargets.Parameter)]
public class FromBodyAttribute : Attribute
{
    public FromBodyAttribute()
    {
    }
}
