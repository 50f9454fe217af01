using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.PromptDump;
using SmolLM3.Batch.Tasks;
using SmolLM3.Inference.Tokenization;

// prompt-dump TOKENIZER.json CONTEXT: one document a line on stdin, {"name", "text", "tasks": [{"type", "options"}]};
// one request a line on stdout, with messages, schema, rendered prompt and token ids.
if (args is not [var tokenizerPath, var contextText] || !int.TryParse(contextText, out int context))
{
    Console.Error.WriteLine("Usage: prompt-dump TOKENIZER.json CONTEXT < documents.jsonl > requests.jsonl");
    return 2;
}

using var tokenizerFile = File.OpenRead(tokenizerPath);
var tokenizer = SmolLM3Tokenizer.Load(tokenizerFile);
var format = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
var reader = new DocumentReader();
await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
while (await input.ReadLineAsync() is { } line)
{
    var wanted = JsonNode.Parse(line)!.AsObject();
    string name = wanted["name"]!.GetValue<string>();
    var document = await reader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(wanted["text"]!.GetValue<string>())), name);
    foreach (var task in wanted["tasks"]!.AsArray())
    {
        var request = new TaskRequest(task!["type"]!.GetValue<string>(), task["options"]?.DeepClone().AsObject());
        var model = new RecordingModel(tokenizer, context);
        var results = await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, [request]);
        if (results[0].Error is { } error) throw new InvalidOperationException($"{name}, {request.Type}: {error}");
        foreach (var recorded in model.Requests)
        {
            recorded["document"] = name;
            recorded["task"] = request.Type;
            recorded["options"] = request.Options?.DeepClone();
            await output.WriteLineAsync(recorded.ToJsonString(format));
        }
    }
}

return 0;
