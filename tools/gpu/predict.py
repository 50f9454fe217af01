#!/usr/bin/env python3
"""Predicts what a forward pass takes: bytes over bandwidth, operations over peak, kernel launches times what one costs.

Run alone it prints the table of docs/performance.md for an H100.
"""
from dataclasses import dataclass

LAYERS, HIDDEN, HEADS, KV_HEADS, HEAD, MLP, VOCABULARY = 36, 2048, 16, 4, 128, 11008, 128_256
LAYER_WEIGHTS = LAYERS * (2 * HIDDEN * HEADS * HEAD + 2 * HIDDEN * KV_HEADS * HEAD + 3 * HIDDEN * MLP)
HEAD_WEIGHTS = VOCABULARY * HIDDEN
KV_BYTES = 2 * LAYERS * KV_HEADS * HEAD * 2

# Launches of the forward pass as src/SmolLM3.Inference/Model makes them, for rows that decode over one slab each.
NORM = 8          # to float32, square, mean, + epsilon, rsqrt, scale, back, times weight
ROTATION = 4      # cat of the halves, times cos, times sin, sum; three layers of four
MLP_LAUNCHES = 5  # gate and up in one product, silu, times up, down, sum
PER_SEQUENCE = 6  # key and value written, attention (split and combine), its result reshaped and copied
PER_LAYER = NORM + 1 + ROTATION * 3 / 4 + 1 + 1 + NORM + MLP_LAUNCHES
PER_STEP = 1 + 17 + NORM + 1 + 1 + 2  # embedding, inputs and rotations, norm, head, to float32, argmax and its copy

MIXED_TOKENS = 1_403_551  # of 64 documents from seed 1, 2,000 to 100,000 tokens each


@dataclass(frozen=True)
class Device:
    name: str = "H100 80GB"
    bandwidth: float = 3.0e12   # a copy, bytes read and written
    peak: float = 798e12        # a product of 8192³ in bfloat16
    launch: float = 5e-6
    linear_share: float = 0.75  # of the peak, in products of 1,024 rows
    masked_attention: float = 250e12  # the kernel that takes a mask; a prompt's later chunks need one


def decode_launches(batch: int) -> int:
    return round(LAYERS * (PER_LAYER + PER_SEQUENCE * batch) + PER_STEP)


def decode_bytes(batch: int, context: float) -> float:
    return 2 * (LAYER_WEIGHTS + HEAD_WEIGHTS) + batch * context * KV_BYTES


def decode_seconds(batch: int, context: float, device: Device = Device()) -> float:
    """Launches run ahead of the device, so the longer of the two."""
    return max(decode_bytes(batch, context) / device.bandwidth, decode_launches(batch) * device.launch)


def prefill_flops(tokens: int) -> tuple[float, float]:
    """Of the linear layers and of causal attention."""
    return 2.0 * LAYER_WEIGHTS * tokens, 4.0 * LAYERS * HEADS * HEAD * tokens * (tokens + 1) / 2


def prefill_seconds(tokens: int, device: Device = Device(), chunk: int = 1024) -> float:
    linear, attention = prefill_flops(tokens)
    computing = linear / (device.peak * device.linear_share) + attention / device.masked_attention
    launching = -(-tokens // chunk) * decode_launches(1) * device.launch
    return max(computing, launching)


def decode_share(batch: int, context: int, device: Device = Device()) -> float:
    return decode_bytes(batch, context) / decode_seconds(batch, context, device) / device.bandwidth


def prefill_share(tokens: int, device: Device = Device()) -> float:
    return sum(prefill_flops(tokens)) / prefill_seconds(tokens, device) / device.peak


def mixed_seconds(lengths: list[int], generated: int, device: Device = Device(), kv_tokens: int = 700_000) -> float:
    """Prompts one after the other; decode rides along, in as many steps as the cache's room makes necessary."""
    prefill = sum(prefill_seconds(length, device) for length in lengths)
    held = sum(length + generated for length in lengths)
    waves = max(1.0, held / kv_tokens)
    batch = len(lengths) / waves
    return prefill + waves * generated * decode_seconds(round(batch), held / len(lengths), device)


def main() -> None:
    print("| case | bytes or operations | launches | predicted | share |\n| --- | ---: | ---: | ---: | ---: |")
    for batch in (1, 8, 32):
        for context in (1024, 16384, 131072):
            seconds = decode_seconds(batch, context)
            print(f"| decode, batch {batch}, {context:,} | {decode_bytes(batch, context) / 1e9:.1f} GB | {decode_launches(batch):,} "
                  f"| {seconds * 1e3:.1f} ms a step, {batch / seconds:,.0f} tok/s | {decode_share(batch, context):.0%} |")
    for tokens in (2048, 16384, 131072):
        seconds = prefill_seconds(tokens)
        print(f"| prefill, {tokens:,} | {sum(prefill_flops(tokens)) / 1e12:,.0f} TFLOP | {-(-tokens // 1024) * decode_launches(1):,} "
              f"| {seconds:.2f} s, {tokens / seconds:,.0f} tok/s | {prefill_share(tokens):.0%} |")
    # The bench draws log-uniform lengths: these are their quantiles, scaled to the tokens that its seed draws.
    quantiles = [2000 * 50 ** ((index + 0.5) / 64) for index in range(64)]
    lengths = [round(length * MIXED_TOKENS / sum(quantiles)) for length in quantiles]
    seconds = mixed_seconds(lengths, 256)
    print(f"| mixed load, {len(lengths)} documents, {sum(lengths):,} tokens | | | {seconds:.0f} s, {60 * len(lengths) / seconds:.0f} documents a minute | |")


if __name__ == "__main__":
    main()
