namespace SmolLM3.Inference.Constraints;

/// <summary>A property that an object may have.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Value">Its value.</param>
/// <param name="Required">Whether it must be there.</param>
internal sealed record Property(string Name, Alternatives Value, bool Required);

/// <summary>
/// An object: <c>{"a": 1, "b": 2}</c>, with at most one space after a colon or a comma. Declared properties come in the order of the
/// schema; others, if they may, after them, under keys of printable ASCII that are no declared ones and never come twice.
/// </summary>
internal sealed class ObjectRule : TableRule
{
    private static readonly (byte Low, byte High)[] KeyBytes = [(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7E)];

    private static readonly bool[] IsKeyByte = [.. Enumerable.Range(0, 256).Select(
        b => KeyBytes.Any(range => b >= range.Low && b <= range.High))];

    private readonly Property[] _properties;
    private readonly byte[][] _names;
    private readonly HashSet<int> _keyStates = [];
    private readonly int _closed;
    private readonly int[] _after;
    private readonly int _anyKey = -1;
    private readonly int _keyDone = -1;

    public ObjectRule(IEnumerable<Property> properties, Alternatives? additional)
    {
        _properties = [.. properties];
        _names = [.. _properties.Select(property => JsonText.Escape(property.Name))];
        _closed = AddState();
        SetAccepting(_closed);

        // _after[i]: the properties before i are done with; the last of them was just written.
        _after = [.. Enumerable.Range(0, _properties.Length + 1).Select(_ => AddState())];
        if (additional is not null)
        {
            _anyKey = AddState();
            _keyDone = AddState();
            _keyStates.Add(_anyKey);
            foreach (var (low, high) in KeyBytes)
                AddEdge(_anyKey, low, high, _anyKey);
            AddEdge(_anyKey, (byte)'"', (byte)'"', _keyDone);
            AddValue(_keyDone, additional, _after[^1]);
        }

        int open = AddState();
        AddEdge(Start, (byte)'{', (byte)'{', open);
        AddEnd(open, 0);
        AddKeys(0, open);
        for (int i = _properties.Length > 0 ? 1 : 0; i <= _properties.Length; i++)
        {
            AddEnd(_after[i], i);
            int comma = AddState();
            int space = AddState();
            if (!AddKeys(i, comma, space))
                continue;
            AddEdge(_after[i], (byte)',', (byte)',', comma);
            AddEdge(comma, (byte)' ', (byte)' ', space);
        }
    }

    /// <summary>Whether a key is being written that may turn out to be a made-up one.</summary>
    public bool IsInKey(int state) => _keyStates.Contains(state);

    /// <summary>Follows a made-up key; false where it would come twice, or would be one too many.</summary>
    public bool TryRemember(int from, int to, byte next, ref KeyMemory? keys)
    {
        if (!_keyStates.Contains(from))
            return keys is null || !_keyStates.Contains(to) || keys.Used.Count < KeyMemory.MostKeys;
        keys ??= KeyMemory.Empty;
        if (next != '"')
            keys = keys.Append(next);
        else if (to != _keyDone)
            keys = keys with { Current = "" };
        else if (keys.IsTaken)
            return false;
        else
            keys = keys.Close();
        return true;
    }

    /// <inheritdoc/>
    public override bool[]? LoopOf(int state) => state == _anyKey ? IsKeyByte : null;

    /// <inheritdoc/>
    protected override bool IsOpen(int state) => IsInKey(state);

    private bool MayEnd(int index) => !_properties.Skip(index).Any(property => property.Required);

    private void AddEnd(int from, int index)
    {
        if (MayEnd(index))
            AddEdge(from, (byte)'}', (byte)'}', _closed);
    }

    // The keys that may come once the properties before an index are done with: those up to the next required one, and made-up ones
    // where none is required any more. False if there are none.
    private bool AddKeys(int index, params ReadOnlySpan<int> from)
    {
        bool madeUp = _anyKey >= 0 && MayEnd(index);
        if (index == _properties.Length && !madeUp)
            return false;
        int quote = AddState();
        foreach (int state in from)
            AddEdge(state, (byte)'"', (byte)'"', quote);
        for (int i = index; i < _properties.Length; i++)
        {
            int colon = AddPath(quote, [.. _names[i], (byte)'"']);
            AddValue(colon, _properties[i].Value, _after[i + 1]);
            if (_properties[i].Required)
                break;
        }

        if (madeUp)
            AddMadeUpKeys(quote);
        return true;
    }

    // A made-up key is one that leaves the declared ones, or ends inside one.
    private void AddMadeUpKeys(int quote)
    {
        var declared = new HashSet<int>();
        _keyStates.Add(quote);
        var prefixes = new HashSet<int> { quote };
        foreach (byte[] name in _names)
        {
            int state = quote;
            foreach (byte next in name.TakeWhile(next => KeyBytes.Any(range => next >= range.Low && next <= range.High)))
                prefixes.Add(state = AddPath(state, [next]));
            if (state == AddPath(quote, name))
                declared.Add(state);
        }

        foreach (int state in prefixes)
        {
            _keyStates.Add(state);
            foreach (var (low, high) in KeyBytes)
            {
                for (int next = low; next <= high; next++)
                {
                    if (Step(state, (byte)next) < 0)
                        AddEdge(state, (byte)next, (byte)next, _anyKey);
                }
            }

            if (state != quote && !declared.Contains(state))
                AddEdge(state, (byte)'"', (byte)'"', _keyDone);
        }
    }

    private void AddValue(int from, Alternatives value, int then)
    {
        int colon = AddState();
        int space = AddState();
        AddEdge(from, (byte)':', (byte)':', colon);
        AddEdge(colon, (byte)' ', (byte)' ', space);
        SetCall(colon, value, then);
        SetCall(space, value, then);
    }
}
