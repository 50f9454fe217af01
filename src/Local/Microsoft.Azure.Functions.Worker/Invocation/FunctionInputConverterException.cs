namespace Microsoft.Azure.Functions.Worker;

internal sealed class FunctionInputConverterException(string message, Exception? inner = null) : Exception(message, inner);
