"""Reads and writes safetensors in bfloat16 and float32, without a package."""

import json
import struct

import torch

_TYPES = {torch.bfloat16: "BF16", torch.float32: "F32"}


def save(path, tensors):
    """Writes tensors by name."""
    header, offset, parts = {"__metadata__": {"format": "pt"}}, 0, []
    for name, tensor in sorted(tensors.items()):
        tensor = tensor.detach().cpu().contiguous()
        kind = _TYPES[tensor.dtype]
        data = tensor.view(torch.int16).numpy().tobytes() if kind == "BF16" else tensor.numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(parts)


def load(path):
    """Tensors by name, as float32."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + size])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + size + each for each in entry["data_offsets"])
        data = torch.frombuffer(content[begin:end], dtype=torch.bfloat16 if entry["dtype"] == "BF16" else torch.float32)
        tensors[name] = data.float().reshape(entry["shape"])
    return tensors
