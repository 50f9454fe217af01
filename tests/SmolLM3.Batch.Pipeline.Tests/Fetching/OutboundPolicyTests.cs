using System.Net;
using Microsoft.Extensions.Options;

namespace SmolLM3.Batch.Pipeline.Tests.Fetching;

public class OutboundPolicyTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001::1")]
    [InlineData("64:ff9b::7f00:1")]
    public void IsPublic_InwardAddress_IsNot(string address) => Assert.False(OutboundPolicy.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450::1")]
    [InlineData("::ffff:8.8.8.8")]
    public void IsPublic_PublicAddress_Is(string address) => Assert.True(OutboundPolicy.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://files.contoso.com/a", true)]
    [InlineData("https://deep.files.contoso.com/a", true)]
    [InlineData("https://contoso.com/a", false)]
    [InlineData("https://contoso.com.evil.net/a", false)]
    [InlineData("https://exact.org/a", true)]
    [InlineData("https://sub.exact.org/a", false)]
    public void Objection_AllowedHosts_AreTheOnlyOnes(string url, bool allowed)
    {
        var policy = new OutboundPolicy(Options.Create(new OutboundOptions { AllowedHosts = ["*.contoso.com", "exact.org"] }));
        Assert.Equal(allowed, policy.Objection(new Uri(url)) is null);
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    public void Objection_ByDefault_TakesOnlyPublicHttps(string url) =>
        Assert.NotNull(new OutboundPolicy(Options.Create(new OutboundOptions())).Objection(new Uri(url)));

    [Fact]
    public async Task SendAsync_NameThatResolvesInwards_IsRefused()
    {
        using var http = new OutboundHttp(new OutboundPolicy(Options.Create(new OutboundOptions())), Options.Create(new OutboundOptions()));
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => http.GetAsync(new Uri("https://localhost:1/")));
        Assert.Contains("no public address", (exception.InnerException ?? exception).Message);
    }
}
