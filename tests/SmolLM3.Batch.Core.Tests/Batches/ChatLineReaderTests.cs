using System.Text;
using SmolLM3.Batch.Batches;

namespace SmolLM3.Batch.Core.Tests.Batches;

public class ChatLineReaderTests
{
    [Fact]
    public void Read_EveryParameter_IsTaken()
    {
        var line = Read("""
            {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"any","messages":[{"role":"developer","content":"Be brief."},
             {"role":"user","content":[{"type":"text","text":"Hi "},{"type":"text","text":"there"}]}],"max_completion_tokens":9,"temperature":0.5,"top_p":0.9,
             "top_k":5,"min_p":0.1,"repetition_penalty":1.1,"seed":-3,"stop":["x"],"reasoning_effort":"low","n":1,"stream":false,"presence_penalty":0,
             "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},"user":"u"}}
            """);
        Assert.Null(line.Error);
        var request = line.Request!;
        Assert.Equal([("system", "Be brief."), ("user", "Hi there")], request.Messages.Select(message => (message.Role, message.Content)));
        Assert.Equal(
            (9, 0.5, 0.9, 5, 0.1, 1.1, -3L),
            (request.MaxTokens, request.Temperature, request.TopP, request.TopK, request.MinP, request.RepetitionPenalty, request.Seed));
        Assert.Equal(["x"], request.Stop);
        Assert.True(request.Thinking);
        Assert.Equal("object", (string?)request.JsonSchema!["type"]);
    }

    [Fact]
    public void Read_SchemaWithHalfASurrogatePair_IsThatLinesError()
    {
        var line = Read("""
            {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"x"}],
             "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"enum":["\ud800"]}}}}}
            """);
        Assert.Equal(("a", "invalid_value"), (line.CustomId, line.Error?.Code));
    }

    [Theory]
    [InlineData("{", null, "invalid_json_line")]
    [InlineData("[]", null, "invalid_json_line")]
    [InlineData("{}", null, "missing_required_parameter")]
    [InlineData("""{"custom_id":5}""", null, "invalid_value")]
    [InlineData("""{"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{}}""", "a", "invalid_method")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{}}""", "a", "invalid_url")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions"}""", "a", "missing_required_parameter")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{},"extra":1}""", "a", "unknown_parameter")]
    public void Read_BadEnvelope_IsThatLinesError(string json, string? customId, string code)
    {
        var line = Read(json);
        Assert.Equal(customId, line.CustomId);
        Assert.Equal(code, line.Error!.Code);
        Assert.Null(line.Request);
    }

    [Theory]
    [InlineData("""{}""", "messages", "missing_required_parameter")]
    [InlineData("""{"messages":[]}""", "messages", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"robot","content":"x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", "messages[0].content", "unsupported_content")]
    [InlineData("""{"messages":[{"role":"user","content":"x","tool_calls":[1]}]}""", "messages[0].tool_calls", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":3}""", "temperature", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "max_tokens", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":1.5}""", "max_tokens", "invalid_type")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"n":2}""", "n", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stream":true}""", "stream", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{}]}""", "tools", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}""", "response_format", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temprature":1}""", "temprature", "unknown_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stop":["1","2","3","4","5"]}""", "stop", "invalid_value")]
    public void Read_BadBody_NamesTheParameter(string body, string param, string code)
    {
        var line = Read("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":BODY}""".Replace("BODY", body));
        Assert.Equal((param, code), (line.Error!.Param, line.Error.Code));
    }

    [Fact]
    public void Read_WhateverTheBytes_NeverThrows()
    {
        var random = new Random(5);
        var valid = Encoding.UTF8.GetBytes("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"x"}],"seed":1,"stop":"y"}}""");
        for (var run = 0; run < 5000; run++)
        {
            var bytes = (byte[])valid.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var line = ChatLineReader.Read(bytes);
            Assert.True(line.Request is null != line.Error is null);
        }
    }

    private static ChatLine Read(string json) => ChatLineReader.Read(Encoding.UTF8.GetBytes(json));
}
