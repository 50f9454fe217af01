using Microsoft.Azure.Functions.Worker;

namespace Local.Microsoft.Azure.Functions.Worker.Tests.Functions;

public sealed class TimerFunctions(TestSignals signals)
{
    [Function("EveryMinute")]
    public void EveryMinute([TimerTrigger("%TimerSchedule%", RunOnStartup = true)] TimerInfo timer) =>
        signals.TimerNotes.Enqueue($"timer {timer.ScheduleStatus!.Next:O} {timer.IsPastDue}");
}
