using System.Text;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Tests.Tokenization;

/// <summary>
/// Makes a tokenizer.json of any size, SmolLM3's 128,000 tokens for one: byte pair encoding trained on a text and on words that a
/// third-order Markov chain over that text makes up.
/// </summary>
internal static class SyntheticTokenizer
{
    private const int WordsPerToken = 2;

    /// <summary>Trains the vocabulary; the same arguments give the same file.</summary>
    public static byte[] Train(string text, int vocabularySize, int seed = 1)
    {
        List<(byte[] Word, long Count)> words = CountWords(text, vocabularySize * WordsPerToken, new Random(seed));
        var trainer = new Trainer(words);
        while (trainer.Tokens.Count < vocabularySize && trainer.MergeNext())
        {
        }

        return Write(trainer);
    }

    private static List<(byte[], long)> CountWords(string text, int count, Random random)
    {
        var words = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            words[" " + word] = words.GetValueOrDefault(" " + word) + 100;

        var followers = new Dictionary<string, List<char>>(StringComparer.Ordinal);
        foreach (string word in words.Keys.Where(word => word.All(c => char.IsAsciiLetter(c) || c == ' ')).ToArray())
        {
            string padded = "^^" + word + "$";
            for (int i = 3; i < padded.Length; i++)
            {
                if (!followers.TryGetValue(padded[(i - 3)..i], out List<char>? next))
                    followers[padded[(i - 3)..i]] = next = [];
                next.Add(padded[i]);
            }
        }

        for (int made = 0; made < count; made++)
        {
            var word = new StringBuilder("^^ ");
            while (word.Length < 24 && followers.TryGetValue(word.ToString(word.Length - 3, 3), out List<char>? next))
            {
                char c = next[random.Next(next.Count)];
                if (c == '$')
                    break;
                word.Append(c);
            }

            string made3 = word.ToString(2, word.Length - 2);
            words[made3] = words.GetValueOrDefault(made3) + 1;
        }

        return [.. words.Select(entry => (Encoding.UTF8.GetBytes(entry.Key), entry.Value))];
    }

    private static byte[] Write(Trainer trainer)
    {
        string alphabet = Alphabet();
        string Spell(byte[] token) => string.Concat(token.Select(b => alphabet[b]));
        string[] special = ["<|begin_of_text|>", "<|end_of_text|>", "<think>", "</think>", "<|im_start|>", "<|im_end|>"];
        JsonNode json = JsonNode.Parse(File.ReadAllText(ReferenceFiles.Path("tokenizer/tokenizer.json")))!;
        json["model"]!["vocab"] = new JsonObject(trainer.Tokens.Select((token, id) => KeyValuePair.Create(Spell(token), (JsonNode?)id)));
        json["model"]!["merges"] = new JsonArray(
            [.. trainer.Merges.Select(merge => (JsonNode)new JsonArray(Spell(trainer.Tokens[merge.Left]), Spell(trainer.Tokens[merge.Right])))]);
        json["added_tokens"] = new JsonArray([.. special.Select((content, i) => (JsonNode)new JsonObject
        {
            ["id"] = trainer.Tokens.Count + i,
            ["content"] = content,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["special"] = content[1] == '|',
            ["normalized"] = false,
        })]);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static string Alphabet()
    {
        char next = '\u0100';
        return string.Concat(Enumerable.Range(0, 256).Select(
            b => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : next++));
    }

    /// <summary>Joins the most frequent pair of neighbours, again and again; only the words that hold the pair are looked at.</summary>
    private sealed class Trainer
    {
        private readonly List<(List<int> Parts, long Count)> _words = [];
        private readonly Dictionary<(int, int), long> _counts = [];
        private readonly Dictionary<(int, int), HashSet<int>> _where = [];
        private readonly PriorityQueue<(int Left, int Right), (long, int, int)> _queue = new();
        private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

        public Trainer(List<(byte[] Word, long Count)> words)
        {
            for (int b = 0; b < 256; b++)
                Add([(byte)b]);
            foreach (var (word, count) in words)
            {
                _words.Add(([.. word.Select(b => (int)b)], count));
                CountPairs(_words.Count - 1, 1);
            }

            foreach (var pair in _counts.Keys)
                Enqueue(pair);
        }

        public List<byte[]> Tokens { get; } = [];

        public List<(int Left, int Right)> Merges { get; } = [];

        public bool MergeNext()
        {
            while (_queue.TryDequeue(out var pair, out var key))
            {
                long count = _counts.GetValueOrDefault(pair);
                if (count != -key.Item1 || count == 0)
                    continue;
                byte[] joined = [.. Tokens[pair.Left], .. Tokens[pair.Right]];

                // A second way to make the same token would not be one that its rank finds.
                if (_ids.ContainsKey(Convert.ToHexString(joined)))
                    continue;
                Join(pair, Add(joined));
                return true;
            }

            return false;
        }

        private int Add(byte[] token)
        {
            _ids.Add(Convert.ToHexString(token), Tokens.Count);
            Tokens.Add(token);
            return Tokens.Count - 1;
        }

        private void Join((int Left, int Right) pair, int id)
        {
            Merges.Add(pair);
            var changed = new HashSet<(int, int)>();
            foreach (int word in _where[pair].Order().ToArray())
            {
                CountPairs(word, -1, changed);
                List<int> parts = _words[word].Parts;
                for (int i = 0; i + 1 < parts.Count; i++)
                {
                    if ((parts[i], parts[i + 1]) != pair)
                        continue;
                    parts[i] = id;
                    parts.RemoveAt(i + 1);
                }

                CountPairs(word, 1, changed);
            }

            foreach (var other in changed)
                Enqueue(other);
        }

        private void CountPairs(int word, int sign, HashSet<(int, int)>? changed = null)
        {
            var (parts, count) = _words[word];
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                var pair = (parts[i], parts[i + 1]);
                _counts[pair] = _counts.GetValueOrDefault(pair) + sign * count;
                if (!_where.TryGetValue(pair, out HashSet<int>? words))
                    _where[pair] = words = [];
                if (sign > 0)
                    words.Add(word);
                else
                    words.Remove(word);
                changed?.Add(pair);
            }
        }

        private void Enqueue((int Left, int Right) pair)
        {
            if (_counts[pair] > 0)
                _queue.Enqueue(pair, (-_counts[pair], pair.Left, pair.Right));
        }
    }
}
