// Hostile files are held to bounds of memory and time, which are the whole process's: a test beside them would be counted in.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
