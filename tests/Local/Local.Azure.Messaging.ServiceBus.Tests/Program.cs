using Local.Azure.Messaging.ServiceBus.Tests.Processes;
using Xunit.Runner.InProc.SystemConsole;

return args is ["peer", .. var peer]
    ? await PeerProgram.RunAsync(peer)
    : await ConsoleRunner.Run(args);
