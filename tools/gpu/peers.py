#!/usr/bin/env python3
"""The same random weights in Hugging Face transformers, on the same device: decode, prefill and the mixed load.

Each measurement is one JSON object a line, like those of smollm3-measure. A case that fails is a line that says so; the rest goes on.
"""
import argparse
import gc
import json
import os
import time
import traceback
from datetime import datetime, timezone
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

ENGINES = {
    "static": "transformers, generate, static cache, compiled",
    "eager": "transformers, generate, dynamic cache",
    "continuous": "transformers, continuous batching",
}


class Log:
    def __init__(self, path: Path, device: str):
        self.path, self.run, self.successes = path, {"device": device, **versions(device)}, 0

    def write(self, kind: str, engine: str, settings: dict, result: dict | None = None, error: str | None = None) -> None:
        line = {"kind": kind, "run": {"engine": ENGINES.get(engine, engine), **self.run, "time": datetime.now(timezone.utc).isoformat()},
                "settings": settings, "result": result, "error": error}
        text = json.dumps({key: value for key, value in line.items() if value is not None})
        self.successes += error is None and kind != "skipped"
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
        print(text, flush=True)


def versions(device: str) -> dict:
    """What is missing is told by every case that needs it."""
    found = {}
    try:
        import torch

        found["torch"] = torch.__version__
        if device.startswith("cuda"):
            found["device"] = torch.cuda.get_device_name(device)
        import transformers

        found["transformers"] = transformers.__version__
    except (ImportError, RuntimeError, AssertionError) as error:
        found["missing"] = str(error)
    return found


class Peer:
    """A loaded model and the clock that waits for its device."""

    def __init__(self, folder: Path, device: str, dtype: str, attention: str):
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM

        self.torch, self.device = torch, device
        config = AutoConfig.from_pretrained(folder)
        config.pad_token_id = 0  # the default lies outside a small vocabulary
        self.model = AutoModelForCausalLM.from_pretrained(folder, config=config, dtype=getattr(torch, dtype), attn_implementation=attention).to(device).eval()
        self.vocabulary = self.model.config.vocab_size
        self.model.generation_config.eos_token_id = None

    def now(self) -> float:
        if self.device.startswith("cuda"):
            self.torch.cuda.synchronize()
        return time.perf_counter()

    def prompts(self, batch: int, length: int, seed: int = 1):
        generator = self.torch.Generator().manual_seed(seed)
        return self.torch.randint(self.vocabulary, (batch, length), generator=generator).to(self.device)

    def generate(self, prompts, tokens: int, **settings):
        """Wall time of exactly that many greedy tokens: nothing ends a sequence early."""
        mask = self.torch.ones_like(prompts)
        start = self.now()
        self.model.generate(prompts, attention_mask=mask, max_new_tokens=tokens, do_sample=False,
                            eos_token_id=None, pad_token_id=0, **settings)
        return self.now() - start

    def peak_memory(self) -> int | None:
        return self.torch.cuda.max_memory_allocated() if self.device.startswith("cuda") else None

    def forget(self) -> None:
        """Compiled graphs and caches of the last case: their memory is for the next one."""
        for name in ("_cache", "_compiled_call"):
            self.model.__dict__.pop(name, None)
        if hasattr(self.model, "destroy_cached_continuous_batching_manager"):
            self.model.destroy_cached_continuous_batching_manager()
        self.torch.compiler.reset()
        gc.collect()
        if self.device.startswith("cuda"):
            self.torch.cuda.empty_cache()
            self.torch.cuda.reset_peak_memory_stats()


def generated_case(peer: Peer, batch: int, length: int, tokens: int, settings: dict) -> dict:
    """Decode is what more tokens take than fewer, after a run that compiles; prefill is a run of one token."""
    prompts = peer.prompts(batch, length)
    fewer = max(2, tokens // 4)
    # The longest first: the later runs find a cache that is large enough, and nothing is compiled in them.
    first = peer.generate(prompts, tokens, **settings)
    longer = peer.generate(prompts, tokens, **settings)
    shorter = peer.generate(prompts, fewer, **settings)
    step = max(longer - shorter, 1e-9) / (tokens - fewer)
    prefill = max(longer - step * (tokens - 1), 1e-9)
    return {"batchSize": batch, "promptTokens": length, "generatedTokens": tokens, "firstRunSeconds": first,
            "prefillTokensPerSecond": batch * length / prefill, "decodeStepMilliseconds": step * 1e3,
            "decodeTokensPerSecond": batch / step, "gpuPeakMemoryBytes": peer.peak_memory()}


def continuous_settings(memory_percent: float, compile_level: int):
    """Steps as large as ours may be; whether to capture graphs is left to transformers, which knows when masks forbid it."""
    from transformers.generation import ContinuousBatchingConfig

    wanted = {"max_memory_percent": memory_percent, "max_batch_tokens": 2048, "default_compile_level": compile_level, "allow_block_sharing": False}
    while True:
        try:
            return ContinuousBatchingConfig(**wanted)
        except TypeError as error:
            # An option of another version: go on without it.
            unknown = next((name for name in wanted if name in str(error)), None)
            if unknown is None:
                raise
            del wanted[unknown]


def batched(peer: Peer, prompts: list[list[int]], tokens: int, config, on_gpu: bool) -> tuple[float, int]:
    """Wall time and tokens; the manager stays, so that graphs captured in one call serve the next."""
    from transformers import GenerationConfig

    generation = GenerationConfig(max_new_tokens=tokens, do_sample=False, eos_token_id=-1, pad_token_id=0)
    start = peer.now()
    outputs = peer.model.generate_batch(inputs=prompts, generation_config=generation, continuous_batching_config=config,
                                        progress_bar=False, persistent_manager=True, warmup=on_gpu)
    seconds = peer.now() - start
    errors = [output.error for output in outputs.values() if getattr(output, "error", None)]
    produced = sum(len(output.generated_tokens) for output in outputs.values())
    if errors or len(outputs) < len(prompts) or produced == 0:
        raise RuntimeError(f"{len(outputs)} of {len(prompts)} requests came back with {produced} tokens; first error: {errors[:1]}")
    return seconds, produced


def mixed_case(peer: Peer, lengths: list[int], tokens: int, config, on_gpu: bool) -> dict:
    prompts = [peer.prompts(1, length, seed=i)[0].tolist() for i, length in enumerate(lengths)]
    # First the longest and a few short ones: buffers get their size, kernels and graphs are there before the clock runs.
    longest = max(prompts, key=len)
    warm_up, _ = batched(peer, [longest, *(prompt[:64] for prompt in prompts[:3])], tokens, config, on_gpu)
    seconds, generated = batched(peer, prompts, tokens, config, on_gpu)
    return {"documents": len(lengths), "promptTokens": sum(lengths), "generatedTokens": generated, "seconds": seconds,
            "documentsPerMinute": len(lengths) * 60 / seconds, "promptTokensPerSecond": sum(lengths) / seconds,
            "generatedTokensPerSecond": generated / seconds, "warmUpSeconds": warm_up, "gpuPeakMemoryBytes": peer.peak_memory()}


def continuous_case(peer: Peer, batch: int, length: int, tokens: int, config, on_gpu: bool) -> dict:
    """A batch of equal prompts: what more tokens take than fewer."""
    prompts = peer.prompts(batch, length).tolist()
    fewer = max(2, tokens // 4)
    batched(peer, prompts, tokens, config, on_gpu)
    longer, _ = batched(peer, prompts, tokens, config, on_gpu)
    shorter, _ = batched(peer, prompts, fewer, config, on_gpu)
    step = max(longer - shorter, 1e-9) / (tokens - fewer)
    return {"batchSize": batch, "promptTokens": length, "generatedTokens": tokens, "decodeStepMilliseconds": step * 1e3,
            "decodeTokensPerSecond": batch / step, "gpuPeakMemoryBytes": peer.peak_memory()}


def attempt(log: Log, kind: str, engine: str, settings: dict, measure) -> bool:
    try:
        log.write(kind, engine, settings, measure())
        return True
    except Exception as error:  # one case must not end the others
        traceback.print_exc()
        log.write(kind, engine, settings, error=f"{type(error).__name__}: {str(error)[:400]}")
        return False


def numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder written by smollm3-measure checkpoint")
    parser.add_argument("--out", type=Path, default=Path("results.jsonl"))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--what", default="mixed,static", help="mixed, continuous, static, eager: in the order given")
    parser.add_argument("--batch", type=numbers, default=[1, 8, 32])
    parser.add_argument("--prompt", type=numbers, default=[1024, 16384, 131008])
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--attention", default="sdpa")
    parser.add_argument("--paged-attention", default="paged|sdpa,sdpa,paged|eager", help="tried in turn for continuous batching")
    parser.add_argument("--memory-percent", type=float, default=0.8)
    parser.add_argument("--load", default="load.json", help="documents of the mixed load, a file beside the checkpoint")
    parser.add_argument("--compile-level", type=int, default=0)
    parser.add_argument("--most-tokens", type=int, default=600_000, help="larger cases (batch times context) are skipped: the static cache holds all of it")
    return parser.parse_args()


def run_generate(given: argparse.Namespace, log: Log, engine: str) -> None:
    peer = Peer(given.checkpoint, given.device, given.dtype, given.attention)
    cache = {"cache_implementation": "static"} if engine == "static" else {}
    for length in given.prompt:
        for batch in given.batch:
            settings = {"batchSize": batch, "promptTokens": length, "type": given.dtype}
            if batch * (length + given.max_tokens) > given.most_tokens:
                log.write("skipped", engine, settings, {"batchSize": batch, "promptTokens": length, "reason": f"more than {given.most_tokens:,} tokens"})
                continue
            attempt(log, "case", engine, settings, lambda: generated_case(peer, batch, length, given.max_tokens, cache))
            peer.forget()


def run_continuous(given: argparse.Namespace, log: Log, kind: str, settings: dict, measure) -> None:
    """The first attention that works counts."""
    for attention in given.paged_attention.split(","):
        def case() -> dict:
            peer = Peer(given.checkpoint, given.device, given.dtype, attention)
            try:
                return measure(peer, continuous_settings(given.memory_percent, given.compile_level))
            finally:
                peer.forget()

        if attempt(log, kind, "continuous", settings | {"attention": attention, "type": given.dtype}, case):
            return


def main() -> None:
    given = arguments()
    log = Log(given.out, given.device)
    on_gpu = given.device.startswith("cuda")
    load = json.loads((given.checkpoint / given.load).read_text())
    for what in given.what.split(","):
        if what == "mixed":
            run_continuous(given, log, "mixed", {}, lambda peer, config: mixed_case(peer, load["lengths"], load["generatedTokens"], config, on_gpu))
        elif what == "continuous":
            for length in given.prompt:
                for batch in given.batch:
                    if batch * (length + given.max_tokens) <= given.most_tokens:
                        settings = {"batchSize": batch, "promptTokens": length}
                        run_continuous(given, log, "case", settings, lambda peer, config: continuous_case(peer, batch, length, given.max_tokens, config, on_gpu))
        elif what in ("static", "eager"):
            attempt(log, "engine", what, {}, lambda: run_generate(given, log, what) or {"finished": True})
        else:
            raise SystemExit(f"--what knows mixed, continuous, static and eager, not {what}")
    raise SystemExit(0 if log.successes else 1)


if __name__ == "__main__":
    main()
