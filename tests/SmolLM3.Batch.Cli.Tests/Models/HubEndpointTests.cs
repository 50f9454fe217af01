using SmolLM3.Batch.Cli.Models;

namespace SmolLM3.Batch.Cli.Tests.Models;

public sealed class HubEndpointTests
{
    [Theory]
    [InlineData(null, "https://huggingface.co/")]
    [InlineData("", "https://huggingface.co/")]
    [InlineData("http://mirror.example/hub", "http://mirror.example/hub/")]
    [InlineData("http://mirror.example/", "http://mirror.example/")]
    public void Of_Address_IsThatFolder(string? address, string expected) =>
        Assert.Equal(new Uri(expected), HubEndpoint.Of(address, null).Address);

    [Theory]
    [InlineData("foo")]
    [InlineData("/foo")]
    [InlineData("ftp://mirror.example")]
    public void Of_WhatIsNoAddress_SaysHowToWriteOne(string address)
    {
        var error = Assert.Throws<CliException>(() => HubEndpoint.Of(address, null));

        Assert.Contains($"HF_ENDPOINT is '{address}'", error.Message);
        Assert.Contains("https://huggingface.co", error.Message);
    }
}
