using System.Globalization;
using System.Text.Json;
using SmolLM3.Inference.Chat;

namespace SmolLM3.Inference.Tests.Chat;

public sealed class ChatPromptTests
{
    private static readonly DateOnly Today = new(2026, 8, 29);

    public static TheoryData<string> CaseNames()
    {
        using JsonDocument cases = Cases();
        return [.. cases.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Render_ReferenceCase_IsWhatTheHubsTemplateRenders(string name)
    {
        using JsonDocument cases = Cases();
        JsonElement c = cases.RootElement.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        JsonElement options = c.GetProperty("options");
        ChatTurn[] turns = [.. c.GetProperty("messages").EnumerateArray()
            .Select(m => new ChatTurn(m.GetProperty("role").GetString()!, m.GetProperty("content").GetString()!))];

        string rendered = ChatPrompt.Render(turns, new ChatPromptOptions
        {
            Today = DateOnly.ParseExact(c.GetProperty("today").GetString()!, "dd MMMM yyyy", CultureInfo.InvariantCulture),
            Thinking = !options.TryGetProperty("enable_thinking", out JsonElement thinking) || thinking.GetBoolean(),
            AddGenerationPrompt = options.GetProperty("add_generation_prompt").GetBoolean(),
            Tools = Strings(options, "xml_tools"),
            PythonTools = Strings(options, "python_tools"),
        });

        Assert.Equal(c.GetProperty("rendered").GetString(), rendered);
    }

    [Fact]
    public void Render_FirstDaysOfAMonth_HaveTwoDigits()
    {
        string rendered = ChatPrompt.Render([new("user", "Hi")], new ChatPromptOptions { Today = new DateOnly(2026, 3, 5) });
        Assert.Contains("Today Date: 05 March 2026\n", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_InformationSeparatorAfterInstructions_IsTrimmedAsPythonDoes()
    {
        string rendered = ChatPrompt.Render([new("system", "Be brief.\x1F \n")], new ChatPromptOptions { Today = Today });
        Assert.Contains("\n\nBe brief.\n\n", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_NoMessages_Throws() =>
        Assert.Throws<ArgumentException>(() => ChatPrompt.Render([], new ChatPromptOptions { Today = Today }));

    [Fact]
    public void Render_UnknownRole_NamesIt()
    {
        var error = Assert.Throws<ArgumentException>(
            () => ChatPrompt.Render([new("developer", "Hi")], new ChatPromptOptions { Today = Today }));
        Assert.Contains("'developer'", error.Message, StringComparison.Ordinal);
    }

    private static JsonDocument Cases() => JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Path("chat/cases.json")));

    private static string[] Strings(JsonElement options, string name) =>
        options.TryGetProperty(name, out JsonElement values) ? [.. values.EnumerateArray().Select(value => value.GetString()!)] : [];
}
