using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

public sealed class TimerTriggerAttribute : TriggerBindingAttribute
{
    public TimerTriggerAttribute(string schedule)
    {
        Schedule = schedule;
        UseMonitor = true;
    }

    public string Schedule { get; private set; }

    public bool RunOnStartup { get; set; }

    /// <summary>The local host keeps no record of runs, so a missed one is not caught up after a restart.</summary>
    public bool UseMonitor { get; set; }
}
