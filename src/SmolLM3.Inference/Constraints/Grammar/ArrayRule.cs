namespace SmolLM3.Inference.Constraints;

/// <summary>An array: <c>[1, 2]</c>, with at most one space after a comma.</summary>
internal sealed class ArrayRule : TableRule
{
    /// <param name="items">The value at each index; the last one goes for all after it.</param>
    /// <param name="fewest">The fewest items.</param>
    /// <param name="most">The most items, or null. No more than <paramref name="items"/> has where the last must not repeat.</param>
    public ArrayRule(IReadOnlyList<Alternatives> items, int fewest, int? most)
    {
        int closed = AddState();
        SetAccepting(closed);

        // written[i] is the state after i items; where nothing limits them any more, the last stands for all that follow.
        int states = most ?? Math.Max(Math.Max(fewest, items.Count), 1);

        // In this order what a state takes to its end is known before it is asked for.
        var (written, commas, spaces) = (new int[states + 1], new int[states + 1], new int[states + 1]);
        for (int i = 0; i <= states; i++)
            (written[i], commas[i], spaces[i]) = (AddState(), AddState(), AddState());
        AddEdge(Start, (byte)'[', (byte)'[', written[0]);
        for (int i = 0; i <= states; i++)
        {
            if (i >= fewest)
                AddEdge(written[i], (byte)']', (byte)']', closed);
            if (i == most || items.Count == 0)
                continue;
            Alternatives item = items[Math.Min(i, items.Count - 1)];
            int then = written[Math.Min(i + 1, states)];
            if (i == 0)
                SetCall(written[0], item, then);
            else
                AddItem(written[i], commas[i], spaces[i], item, then);
        }
    }

    private void AddItem(int from, int comma, int space, Alternatives item, int then)
    {
        AddEdge(from, (byte)',', (byte)',', comma);
        AddEdge(comma, (byte)' ', (byte)' ', space);
        SetCall(comma, item, then);
        SetCall(space, item, then);
    }
}
