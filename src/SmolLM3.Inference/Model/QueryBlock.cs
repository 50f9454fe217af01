namespace SmolLM3.Inference.Model;

/// <summary>Rows of a run that attend at once.</summary>
internal readonly record struct QueryBlock(StepRun Run, int First, int Rows)
{
    private const int Tile = 64;
    private const int SmallTile = 32;

    /// <summary>The first row in the step.</summary>
    public int StepRow => Run.FirstRow + First;

    /// <summary>Position of the first row.</summary>
    public int Past => Run.Past + First;

    /// <summary>Tokens that the last row sees.</summary>
    public int Length => Past + Rows;

    /// <summary>Cuts a run so that no block has more than <paramref name="most"/> scores of <paramref name="heads"/> heads.</summary>
    public static IEnumerable<QueryBlock> Of(StepRun run, int heads, long most) =>
        Cut(run.Rows, Math.Max(1, most / ((long)heads * (run.Past + run.Rows)))).Select(part => new QueryBlock(run, part.First, part.Rows));

    /// <summary>Cuts rows into parts of at most <paramref name="most"/>.</summary>
    /// <remarks>
    /// CUDA's memory-efficient kernel works in tiles of 32 or 64 rows, and where keys are expanded over a group it gives a last tile of one
    /// row the mask of the block's first row (pytorch/pytorch#191937; in 2.10 and 2.11). Such a row attends by itself, without a mask.
    /// </remarks>
    public static IEnumerable<(int First, int Rows)> Cut(int rows, long most)
    {
        var atOnce = (int)Math.Min(rows, most);
        if (atOnce > Tile)
            atOnce -= atOnce % Tile;
        for (int first = 0, part; first < rows; first += part)
        {
            part = Math.Min(atOnce, rows - first);
            if (part > 1 && part % SmallTile == 1)
                part--;
            yield return (first, part);
        }
    }

    /// <summary>The part of the run's mask for these rows and the tokens that they may see.</summary>
    public TorchSharp.torch.Tensor? Mask() => Run.Mask?.narrow(0, First, Rows).narrow(1, 0, Length);
}
