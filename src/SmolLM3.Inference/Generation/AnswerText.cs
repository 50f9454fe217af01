using System.Text;

namespace SmolLM3.Inference.Generation;

/// <summary>Text as it grows, cut before the stop string that is complete first. What could still become one is held back.</summary>
internal sealed class AnswerText(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _text = new();
    private readonly int _longestStop = stops.Count == 0 ? 0 : stops.Max(stop => stop.Length);
    private int _released;

    /// <summary>Adds text; true when it completes a stop string, before which the text then ends.</summary>
    public bool Append(string added)
    {
        var from = Math.Max(_released, _text.Length - Math.Max(0, _longestStop - 1));
        _text.Append(added);
        if (_longestStop == 0 || added.Length == 0)
            return false;
        var recent = _text.ToString(from, _text.Length - from);
        // The stop string that is complete first counts, however the text is cut into tokens.
        var (start, end) = (0, int.MaxValue);
        foreach (var stop in stops)
            if (recent.IndexOf(stop, StringComparison.Ordinal) is >= 0 and var at && (at + stop.Length, at).CompareTo((end, start)) < 0)
                (start, end) = (at, at + stop.Length);
        if (end == int.MaxValue)
            return false;
        _text.Length = from + start;
        return true;
    }

    /// <summary>Text that is certain by now and was not released before; at the end, all of it.</summary>
    public string Release(bool atEnd)
    {
        var certain = atEnd ? _text.Length : _text.Length - HeldBack();
        if (certain <= _released)
            return "";
        var text = _text.ToString(_released, certain - _released);
        _released = certain;
        return text;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Length of the longest end of the text that begins a stop string.</summary>
    private int HeldBack()
    {
        if (_longestStop == 0)
            return 0;
        var length = Math.Min(_longestStop - 1, _text.Length - _released);
        var end = _text.ToString(_text.Length - length, length);
        for (var from = 0; from < end.Length; from++)
            if (stops.Any(stop => stop.AsSpan().StartsWith(end.AsSpan(from), StringComparison.Ordinal)))
                return end.Length - from;
        return 0;
    }
}
