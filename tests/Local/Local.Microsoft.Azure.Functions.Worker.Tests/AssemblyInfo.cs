using Xunit;

// The host prints its list to the one console of the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
