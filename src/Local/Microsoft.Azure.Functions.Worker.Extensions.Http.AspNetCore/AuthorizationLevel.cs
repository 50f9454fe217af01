namespace Microsoft.Azure.Functions.Worker;

/// <summary>As with Core Tools, no key is asked for locally at any level.</summary>
public enum AuthorizationLevel
{
    Anonymous = 0,
    User = 1,
    Function = 2,
    System = 3,
    Admin = 4,
}
