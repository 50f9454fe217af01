using System.Text;
using SmolLM3.Inference.Constraints;
using SmolLM3.Inference.Tests.Tokenization;

namespace SmolLM3.Inference.Tests.Constraints;

/// <summary>Writes answers under a constraint as an engine does, with a seeded choice in place of a model.</summary>
internal static class ConstraintRun
{
    public static readonly int EndId = Tokenizers.Reference.TryGetId("<|im_end|>", out int id) ? id : throw new InvalidOperationException();

    public static JsonConstraintCompiler Compiler { get; } = new(Tokenizers.Reference, [EndId]);

    /// <summary>An answer of at most so many tokens; every mask must leave something to choose.</summary>
    public static string Random(JsonConstraint constraint, Random random, int budget)
    {
        ConstraintState state = constraint.Start();
        var mask = new ulong[Compiler.MaskWords];
        var ids = new List<int>();
        while (ids.Count < budget)
        {
            state.FillMask(mask, budget - ids.Count);
            int[] allowed = [.. Enumerable.Range(0, mask.Length * 64).Where(token => (mask[token >> 6] >> token & 1) != 0)];
            Assert.NotEmpty(allowed);
            int token = Choose(allowed, random);
            state.Accept(token);
            if (token == EndId)
                break;
            ids.Add(token);
            if (state.IsComplete)
                break;
        }

        Assert.True(state.CanEnd, "the budget was spent in the middle of a value");
        return Tokenizers.Reference.Decode(ids);
    }

    // Half of the time one of the longer tokens: those that go beyond a value's end.
    private static int Choose(int[] allowed, Random random)
    {
        int token = allowed[random.Next(allowed.Length)];
        for (int i = random.Next(2) * 3; i > 0; i--)
        {
            int other = allowed[random.Next(allowed.Length)];
            if (other != EndId && Tokenizers.Reference.GetTokenBytes(other).Length > Tokenizers.Reference.GetTokenBytes(token).Length)
                token = other;
        }

        return token;
    }

    /// <summary>Whether a constraint lets a text pass, byte by byte, and end.</summary>
    public static bool Allows(JsonConstraint constraint, string text)
    {
        ConstraintState state = constraint.Start();
        var mask = new ulong[Compiler.MaskWords];
        foreach (byte next in Encoding.UTF8.GetBytes(text))
        {
            int token = ByteIds[next];
            state.FillMask(mask);
            if ((mask[token >> 6] >> token & 1) == 0)
                return false;
            state.Accept(token);
        }

        return state.CanEnd;
    }

    private static readonly Dictionary<byte, int> ByteIds = Enumerable.Range(0, Tokenizers.Reference.VocabularySize)
        .Where(id => Tokenizers.Reference.IsPlain(id) && Tokenizers.Reference.GetTokenBytes(id).Length == 1)
        .ToDictionary(id => Tokenizers.Reference.GetTokenBytes(id).Span[0]);
}
