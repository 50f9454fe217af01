namespace SmolLM3.Batch.Jobs;

/// <summary>"Did you mean": the known name nearest to a misspelt one.</summary>
public static class Suggestion
{
    /// <summary>The nearest of <paramref name="known"/> if it is near enough to be a misspelling, else null.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        string? best = null;
        var bestDistance = Math.Min(3, (name.Length / 3) + 1) + 1;
        foreach (var candidate in known)
        {
            var distance = Distance(Fold(name), Fold(candidate));
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    // job_id and JobID are misspellings of jobId at distance 0.
    private static string Fold(string name) => name.Replace("_", "").Replace("-", "").ToLowerInvariant();

    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var substituted = diagonal + (left[i] == right[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(substituted, Math.Min(row[j], diagonal) + 1);
            }
        }
        return row[^1];
    }
}
