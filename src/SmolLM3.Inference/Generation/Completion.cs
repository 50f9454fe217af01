using SmolLM3.Inference.Model;
using SmolLM3.Inference.Sampling;
using SmolLM3.Inference.Scheduling;
using SmolLM3.Inference.Tokenization;
using System.Threading.Channels;

namespace SmolLM3.Inference.Generation;

/// <summary>
/// A request on its way: its sequence, what has been generated, and who waits for it. Touched by the engine's thread alone.
/// </summary>
internal sealed class Completion
{
    private readonly GenerationRequest _request;
    private readonly TimeProvider _time;
    private readonly long _submitted;
    private readonly HashSet<int> _stopIds;
    private readonly ThinkingTracker _thinking;
    private readonly TokenChoice _choice;
    private readonly AnswerConstraint? _constraint;
    private readonly StreamingDecoder? _decoder;
    private readonly AnswerText _answer;
    private readonly AnswerText _trace = new([]);
    private readonly List<TokenLogProbability>? _logProbabilities;
    private readonly TaskCompletionSource<GenerationResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChannelWriter<GenerationUpdate>? _updates;
    private TimeSpan? _timeToFirstToken;
    private FinishReason? _finished;
    private int _reported;
    private bool _isMark;

    public Completion(
        GenerationRequest request, Sequence sequence, IReadOnlyList<int> eosIds, SmolLM3Tokenizer? tokenizer, AnswerConstraint? constraint,
        TimeProvider time, ChannelWriter<GenerationUpdate>? updates)
    {
        (_request, Sequence, _time, _updates) = (request, sequence, time, updates);
        _submitted = time.GetTimestamp();
        _constraint = constraint;
        _stopIds = [.. request.StopIds ?? eosIds];
        if (constraint is not null)
            _stopIds.UnionWith(eosIds);
        _thinking = new(tokenizer, request, constraint?.MinTokens ?? 0);
        _choice = new(request, sequence, constraint);
        if (constraint is not null)
            Activate(constraint);
        _decoder = tokenizer?.CreateStreamingDecoder(skipSpecialTokens: true);
        _answer = new(request.Stop);
        _logProbabilities = request.LogProbabilities is null ? null : [];
    }

    public Sequence Sequence { get; }

    public Task<GenerationResult> Result => _result.Task;

    public bool IsFinished => _finished is not null;

    public int GeneratedTokens => Sequence.Tokens.Count - Sequence.PromptLength;

    /// <summary>Chooses the next token and takes it; the token, or null where it ended the completion without being part of it.</summary>
    public int? Advance(StepOutput output, int row, TokenSampler sampler)
    {
        var (token, logProbability) = _choice.Next(output, row, _thinking.Forced(Sequence.MaxLength - Sequence.Tokens.Count), sampler);
        _timeToFirstToken ??= _time.GetElapsedTime(_submitted);
        if (_stopIds.Contains(token) && _constraint is { IsActive: false })
            // The answer is still owed: what ends the turn ends the trace.
            token = _thinking.Close;
        if (_stopIds.Contains(token))
        {
            _finished = FinishReason.Stop;
            return null;
        }
        Sequence.Append(token);
        if (logProbability is not null)
            _logProbabilities!.Add(logProbability);
        if (AddText(token) || IsValueComplete(token))
            _finished = FinishReason.Stop;
        else if (Sequence.Tokens.Count == Sequence.MaxLength)
            _finished = FinishReason.Length;
        return token;
    }

    /// <summary>Tells who waits what the step has brought.</summary>
    public void Report()
    {
        if (IsFinished && _decoder is not null)
            (_thinking.IsThinking ? _trace : _answer).Append(_decoder.Flush());
        var result = IsFinished ? Finish() : null;
        if (_updates is not null && (result is not null || _reported < GeneratedTokens))
        {
            int[] tokens = [.. Sequence.TokenSpan[(Sequence.PromptLength + _reported)..]];
            _reported = GeneratedTokens;
            _updates.TryWrite(new() { TokenIds = tokens, Text = _answer.Release(IsFinished), Result = result });
        }
        if (result is not null)
        {
            _updates?.TryComplete();
            _result.TrySetResult(result);
        }
    }

    public void Fail(Exception error)
    {
        _updates?.TryComplete(error);
        if (error is OperationCanceledException cancelled)
            _result.TrySetCanceled(cancelled.CancellationToken);
        else
            _result.TrySetException(error);
    }

    /// <summary>Whether the token completed a stop string.</summary>
    private bool AddText(int token)
    {
        var wasThinking = _thinking.IsThinking;
        _isMark = _thinking.Accept(token);
        if (_decoder is null)
            return false;
        if (_isMark)
        {
            (wasThinking ? _trace : _answer).Append(_decoder.Flush());
            return false;
        }
        var text = _decoder.Append(token);
        if (_thinking.IsThinking)
        {
            _trace.Append(text);
            return false;
        }
        return _answer.Append(text);
    }

    private void Activate(AnswerConstraint constraint)
    {
        constraint.IsActive = !_thinking.BeforeAnswer;
        var needed = constraint.MinTokens + (constraint.IsActive ? 0 : ThinkingTracker.Marks);
        if (_request.MaxTokens < needed)
            throw new ArgumentException(
                $"MaxTokens is {_request.MaxTokens}, but a value of the schema may take {needed} tokens at least.",
                nameof(_request.MaxTokens));
    }

    /// <summary>Whether the token completed the value that the schema asks for.</summary>
    private bool IsValueComplete(int token)
    {
        if (_constraint is null)
            return false;
        if (_constraint.IsActive)
            _constraint.Accept(token);
        _constraint.IsActive = !_thinking.BeforeAnswer;
        return _constraint.IsComplete;
    }

    private GenerationResult Finish() => new()
    {
        TokenIds = [.. Sequence.TokenSpan[Sequence.PromptLength..]],
        Text = _answer.ToString(),
        Thinking = _thinking.HasTrace ? _trace.ToString() : null,
        FinishReason = _finished!.Value,
        PromptTokens = Sequence.PromptLength,
        CachedTokens = Sequence.CachedTokens,
        LogProbabilities = _logProbabilities,
        TimeToFirstToken = _timeToFirstToken ?? default,
        Elapsed = _time.GetElapsedTime(_submitted),
    };
}
