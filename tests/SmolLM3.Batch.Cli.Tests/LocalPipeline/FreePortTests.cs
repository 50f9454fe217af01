using System.Net;
using System.Net.Sockets;
using SmolLM3.Batch.Cli.LocalPipeline;

namespace SmolLM3.Batch.Cli.Tests.LocalPipeline;

public sealed class FreePortTests
{
    private static readonly int _seed = Environment.ProcessId;

    public static TheoryData<string> Addresses => Socket.OSSupportsIPv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"];

    [Fact]
    public void Take_Zero_IsFreeAndNoneOfThoseForOutgoingConnections()
    {
        var port = FreePort.Take(0, new Random(_seed));

        Assert.InRange(port, 1_024, 32_767);
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Take_Zero_PassesOverATakenOne(string address)
    {
        var first = FreePort.Take(0, new Random(_seed));
        using var listener = new TcpListener(IPAddress.Parse(address), first);
        listener.Start();

        Assert.NotEqual(first, FreePort.Take(0, new Random(_seed)));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Take_NamedAndTaken_SaysSoAndWhatToDo(string address)
    {
        var port = FreePort.Take(0, new Random(_seed));
        using var listener = new TcpListener(IPAddress.Parse(address), port);
        listener.Start();

        var failure = Assert.Throws<CliException>(() => FreePort.Take(port, new Random(_seed)));

        Assert.Equal($"Port {port} is taken. End what listens there, or name another port (0 picks a free one).", failure.Message);
    }

    [Fact]
    public void Take_NamedAndFree_IsThatOne()
    {
        var port = FreePort.Take(0, new Random(_seed));

        Assert.Equal(port, FreePort.Take(port, new Random(_seed)));
    }
}
