namespace Local.Microsoft.Azure.Functions.Worker.Tests;

public sealed class ScopedCounter
{
    private int _count;

    public int Next() => ++_count;
}
