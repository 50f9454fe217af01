using SmolLM3.Inference;
using System.CommandLine;
using System.Diagnostics;

namespace SmolLM3.Measure.Commands;

/// <summary>
/// <c>coldstart</c>: from the start of the process to the first token. Run it twice: the second time the weights are in the page cache.
/// </summary>
internal static class ColdStartCommand
{
    public static Command Create()
        => MeasureCommand.Create("coldstart", "Times the way from the start of the process to the first token.", async (
            parsed, options, log, cancellationToken) =>
        {
            var time = TimeProvider.System;
            using var process = Process.GetCurrentProcess();
            var start = time.GetTimestamp();
            var beforeStart = (time.GetLocalNow() - process.StartTime).TotalSeconds;

            await using var engine = await InferenceEngine.LoadAsync(
                options.Source(parsed), options.Engine(parsed), null, cancellationToken);
            var loaded = time.GetElapsedTime(start).TotalSeconds;
            await engine.GenerateAsync(new() { Prompt = [.. Enumerable.Range(1, 16)], MaxTokens = 1, StopIds = [] }, cancellationToken);
            var firstToken = time.GetElapsedTime(start).TotalSeconds;
            await engine.GenerateAsync(new() { Prompt = [.. Enumerable.Range(1, 16)], MaxTokens = 1, StopIds = [] }, cancellationToken);
            var secondToken = time.GetElapsedTime(start).TotalSeconds;

            log.Append("coldstart", new
            {
                ProcessSeconds = beforeStart,
                LoadSeconds = loaded,
                FirstTokenSeconds = firstToken - loaded,
                TotalSeconds = beforeStart + firstToken,
                SecondRequestSeconds = secondToken - firstToken,
            }, options.Settings(parsed));
        });
}
