namespace SmolLM3.Inference.Model;

/// <summary>Rows of a run that attend at once.</summary>
internal readonly record struct QueryBlock(StepRun Run, int First, int Rows)
{
    /// <summary>The first row in the step.</summary>
    public int StepRow => Run.FirstRow + First;

    /// <summary>Position of the first row.</summary>
    public int Past => Run.Past + First;

    /// <summary>Tokens that the last row sees.</summary>
    public int Length => Past + Rows;

    /// <summary>Cuts a run so that no block has more than <paramref name="most"/> scores of <paramref name="heads"/> heads.</summary>
    public static IEnumerable<QueryBlock> Of(StepRun run, int heads, long most)
    {
        var rowsAtOnce = (int)Math.Clamp(most / ((long)heads * (run.Past + run.Rows)), 1, run.Rows);
        for (var first = 0; first < run.Rows; first += rowsAtOnce)
            yield return new(run, first, Math.Min(rowsAtOnce, run.Rows - first));
    }

    /// <summary>The part of the run's mask for these rows and the tokens that they may see.</summary>
    public TorchSharp.torch.Tensor? Mask() => Run.Mask?.narrow(0, First, Rows).narrow(1, 0, Length);
}
