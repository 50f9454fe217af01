using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Documents.Text;

/// <summary>Recognises the marker at the start of a list item: a bullet, "(a)", "(iv)", "3)", "a)".</summary>
internal static partial class ListMarker
{
    public static bool IsMatch(ReadOnlySpan<char> line) => Pattern().IsMatch(line);

    [GeneratedRegex(@"^\s{0,40}(?:[-*•◦▪‣·–]|\((?:[a-z]{1,4}|[A-Z]|\d{1,3})\)|(?:[a-z]|\d{1,3})\))\s", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
