using Local.Azure.Messaging.ServiceBus.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Local.Azure.Messaging.ServiceBus.Tests;

/// <summary>No operation may take longer for a long queue: each statement it runs has an index to go by.</summary>
public sealed class QueryPlanTests
{
    [Theory]
    [InlineData("SELECT id FROM messages WHERE queue = 1 AND dead_letter = 0 AND state = 0 AND lock_token IS NULL ORDER BY sequence LIMIT 1", "messages_available")]
    [InlineData("SELECT id FROM messages INDEXED BY messages_session WHERE queue = 1 AND dead_letter = 0 AND state = 0 AND lock_token IS NULL AND session = 's' ORDER BY sequence LIMIT 1", "messages_session")]
    [InlineData("SELECT min(due) FROM messages WHERE queue = 1 AND state = 2", "messages_due")]
    [InlineData("SELECT min(lock_until) FROM messages WHERE queue = 1 AND lock_until IS NOT NULL", "messages_lock_until")]
    [InlineData("SELECT min(expires) FROM messages WHERE queue = 1 AND dead_letter = 0 AND state <> 2 AND lock_token IS NULL", "messages_expires")]
    [InlineData("SELECT id FROM messages WHERE queue = 1 AND dead_letter = 0 AND lock_token IS NULL AND delivery_count > 0 AND delivery_count >= 10", "messages_redelivered")]
    [InlineData("SELECT id FROM messages WHERE lock_token = 't' AND queue = 1 AND (lock_until IS NULL OR lock_until > 5)", "messages_lock")]
    [InlineData("UPDATE messages SET lock_token = NULL, session_lock = NULL WHERE session_lock = 't'", "messages_session_lock")]
    public async Task Statement_OfAnOperation_UsesItsIndex(string statement, string index)
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var connection = new SqliteConnection($"Data Source={broker.File};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {statement}";
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
            plan.Add(reader.GetString(3));

        Assert.Contains(plan, step => step.Contains($"USING INDEX {index} ", StringComparison.Ordinal) || step.Contains(
            $"USING COVERING INDEX {index} ", StringComparison.Ordinal)
            || step.EndsWith($"INDEX {index}", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("USE TEMP B-TREE", StringComparison.Ordinal) || step == "SCAN messages");
    }
}
