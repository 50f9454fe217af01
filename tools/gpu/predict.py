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
ROTATION = 4      # cat of the halves, times cos, times sin, sum; three layers of four
MLP_LAUNCHES = 5  # gate and up in one product, silu, times up, down, sum


@dataclass(frozen=True)
class Version:
    """A state of the engine, as far as its launches go."""
    name: str
    norm: int          # RMSNorm
    attention: int     # of a layer, whatever the batch
    per_sequence: int  # of a layer, for each sequence more
    scripts: int       # calls of a script in a layer, which cost the host a launch's time each
    inputs: int        # what a step sends and makes of it: ids, rotations
    long_prompts: float  # FLOP/s of attention to a prompt, its past included

    @property
    def launches_per_layer(self) -> float:
        return self.norm + 1 + ROTATION * 3 / 4 + self.attention + self.scripts + 1 + 1 + self.norm + MLP_LAUNCHES

    def launches(self, batch: int) -> int:
        per_step = 1 + self.inputs + self.norm + 1 + 1 + 2  # embedding, inputs, norm, head, to float32, argmax and its copy
        return round(LAYERS * (self.launches_per_layer + self.per_sequence * batch) + per_step)


# RMSNorm: to float32, square, mean, + epsilon, rsqrt, scale, back, times weight. A sequence: key and value written, attention (split and
# combine), its result reshaped and copied. Chunks after the first need a mask, which the fastest kernel does not take.
ONE_BY_ONE = Version("1", norm=8, attention=0, per_sequence=6, scripts=0, inputs=17, long_prompts=250e12)
# One kernel for RMSNorm; for all sequences keys and values written, queries turned, attention (split and combine), its result turned.
TOGETHER = Version("2", norm=1, attention=6, per_sequence=0, scripts=3, inputs=15, long_prompts=380e12)

MIXED_TOKENS = 1_403_551  # of 64 documents from seed 1, 2,000 to 100,000 tokens each


@dataclass(frozen=True)
class Device:
    name: str = "H100 80GB"
    bandwidth: float = 3.0e12   # a copy, bytes read and written
    peak: float = 798e12        # a product of 8192³ in bfloat16
    launch: float = 5e-6
    linear_share: float = 0.75  # of the peak, in products of 1,024 rows


def decode_bytes(batch: int, context: float) -> float:
    return 2 * (LAYER_WEIGHTS + HEAD_WEIGHTS) + batch * context * KV_BYTES


def decode_seconds(batch: int, context: float, device: Device = Device(), version: Version = TOGETHER) -> float:
    """Launches run ahead of the device, so the longer of the two."""
    return max(decode_bytes(batch, context) / device.bandwidth, version.launches(batch) * device.launch)


def prefill_flops(tokens: int) -> tuple[float, float]:
    """Of the linear layers and of causal attention."""
    return 2.0 * LAYER_WEIGHTS * tokens, 4.0 * LAYERS * HEADS * HEAD * tokens * (tokens + 1) / 2


def prefill_seconds(tokens: int, device: Device = Device(), chunk: int = 1024, version: Version = TOGETHER) -> float:
    linear, attention = prefill_flops(tokens)
    computing = linear / (device.peak * device.linear_share) + attention / version.long_prompts
    launching = -(-tokens // chunk) * version.launches(1) * device.launch
    return max(computing, launching)


def decode_share(batch: int, context: int, device: Device = Device(), version: Version = TOGETHER) -> float:
    return decode_bytes(batch, context) / decode_seconds(batch, context, device, version) / device.bandwidth


def prefill_share(tokens: int, device: Device = Device(), version: Version = TOGETHER) -> float:
    return sum(prefill_flops(tokens)) / prefill_seconds(tokens, device, version=version) / device.peak


def mixed_seconds(
        lengths: list[int], generated: int, device: Device = Device(), kv_tokens: int = 700_000, version: Version = TOGETHER) -> float:
    """Prompts one after the other; decode rides along, in as many steps as the cache's room makes necessary."""
    prefill = sum(prefill_seconds(length, device, version=version) for length in lengths)
    held = sum(length + generated for length in lengths)
    waves = max(1.0, held / kv_tokens)
    batch = len(lengths) / waves
    return prefill + waves * generated * decode_seconds(round(batch), held / len(lengths), device, version)


def cell(seconds: float, share: float, unit: str = "ms") -> str:
    return f"{seconds * 1e3:.1f} ms, {share:.0%}" if unit == "ms" else f"{seconds:.2f} s, {share:.0%}"


def main() -> None:
    versions = (ONE_BY_ONE, TOGETHER)
    heads = " | ".join(f"launches, {version.name} | predicted, {version.name}" for version in versions)
    print(f"| case | bytes or operations | {heads} |\n| --- | ---: |" + " ---: | ---: |" * len(versions))
    for batch in (1, 8, 32):
        for context in (1024, 16384, 131072):
            figures = " | ".join(
                f"{version.launches(batch):,} | {cell(decode_seconds(batch, context, version=version), decode_share(batch, context, version=version))}"
                for version in versions)
            print(f"| decode, batch {batch}, {context:,} | {decode_bytes(batch, context) / 1e9:.1f} GB | {figures} |")
    for tokens in (2048, 16384, 131072):
        figures = " | ".join(
            f"{-(-tokens // 1024) * version.launches(1):,} | "
            + cell(prefill_seconds(tokens, version=version), prefill_share(tokens, version=version), "s") for version in versions)
        print(f"| prefill, {tokens:,} | {sum(prefill_flops(tokens)) / 1e12:,.0f} TFLOP | {figures} |")
    # The bench draws log-uniform lengths: these are their quantiles, scaled to the tokens that its seed draws.
    quantiles = [2000 * 50 ** ((index + 0.5) / 64) for index in range(64)]
    lengths = [round(length * MIXED_TOKENS / sum(quantiles)) for length in quantiles]
    for version in versions:
        seconds = mixed_seconds(lengths, 256, version=version)
        print(f"mixed load, version {version.name}: {len(lengths)} documents, {sum(lengths):,} tokens, {seconds:.0f} s, "
              f"{60 * len(lengths) / seconds:.0f} documents a minute")


if __name__ == "__main__":
    main()
