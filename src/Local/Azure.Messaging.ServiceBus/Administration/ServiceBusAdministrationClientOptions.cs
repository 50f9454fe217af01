namespace Azure.Messaging.ServiceBus.Administration;

public class ServiceBusAdministrationClientOptions
{
    /// <summary>The clock of locks and expiry; tests set it.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;
}
