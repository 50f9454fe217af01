using System.Globalization;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary>The value of <c>--token-ids</c>.</summary>
internal static class TokenIdList
{
    /// <exception cref="CliException">The text is no list of ids, or one of them is no token's.</exception>
    public static int[] Parse(string list, int vocabularySize)
    {
        int[] ids;
        try
        {
            ids = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(
                id, NumberStyles.None, CultureInfo.InvariantCulture))];
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new CliException($"--token-ids is '{list}'; write ids separated by commas, such as 1,2,3.", exception);
        }

        if (ids.Length == 0) throw new CliException($"--token-ids is '{list}'; write at least one id, or several separated by commas.");
        foreach (var id in ids)
            if (id >= vocabularySize)
                throw new CliException($"--token-ids holds {id}; the model's ids go from 0 to {vocabularySize - 1}.");
        return ids;
    }
}
