#!/usr/bin/env python3
"""Trains the demo model, resuming where an earlier call stopped.

    train.py --out runs/demo --steps 8000 [--minutes 9] [--device cuda]

One step is `--tokens` tokens. Loss counts only on answers. With --minutes the call saves a checkpoint and ends when the time is up, with exit
code 3 while steps remain, so that a run can be spread over several leases of a machine. The weights are written in the hub's layout
(model.safetensors in bfloat16, config.json, tokenizer.json) at the end and with every checkpoint.
"""

import argparse
import contextlib
import itertools
import json
import math
import os
import random
import shutil
import sys
import time
from array import array
from collections import deque
from multiprocessing import get_context
from pathlib import Path

import torch
import torch.nn.functional as F

import copying_start
import dataset
import safetensors_file
import tree_attention
from model import Config, SmolLM3, block_mask, tree_mask
from muon import Muon

DEMO = Path(__file__).resolve().parents[2] / "src/SmolLM3.Batch.Cli/DemoModel"
_packer = None


def _start_worker(folder):
    global _packer
    _packer = dataset.load(folder)


def _make(job):
    """A batch as bytes, which travel between processes more cheaply than lists."""
    rows = _packer.batch(*job)
    return array("i", (value for sequence in rows for row in sequence for value in row)).tobytes()


def batches(arguments, stages, first):
    """(stage, rows) of every step from `first` on; rows are int32 of (sequences, 5, length)."""
    def job(step):
        stage = stages[step]
        return arguments.seed, stage, step, max(1, arguments.tokens // stage.length)

    def unpack(step, raw):
        return stages[step], torch.frombuffer(bytearray(raw), dtype=torch.int32).view(-1, 5, stages[step].length)

    if arguments.workers == 0:
        _start_worker(arguments.model)
        for step in range(first, len(stages)):
            yield unpack(step, _make(job(step)))
        return
    with get_context("spawn").Pool(arguments.workers, _start_worker, (arguments.model,)) as pool:
        steps, waiting = iter(range(first, len(stages))), deque()
        while True:
            # Only so many ahead: workers that outran the device would fill the memory.
            for step in itertools.islice(steps, 3 * arguments.workers - len(waiting)):
                waiting.append((step, pool.apply_async(_make, (job(step),))))
            if not waiting:
                return
            step, result = waiting.popleft()
            yield unpack(step, result.get())


def schedule(curriculum, steps):
    """The stage of every step."""
    stages = []
    for stage in curriculum:
        stages += [stage] * round(stage.share * steps)
    return (stages + [curriculum[-1]] * steps)[:steps]


def rate(step, steps, peak, warmup, cooldown=None):
    """Cosine behind the warm-up; with a cooldown, the peak until that share of the steps is left, from where it falls in a line."""
    if step < warmup:
        return peak * (step + 1) / warmup
    if cooldown:
        return peak * min(1.0, 0.03 + 0.97 * (steps - step) / (cooldown * steps))
    return peak * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))))


def yarn_factor(seed, step, stage):
    """What a step scales its rotary angles by."""
    random_ = random.Random(f"yarn/{seed}/{step}")
    return random_.choice((2.0, 4.0)) if random_.random() < stage.yarn else 1.0


def compute_loss(model, rows, device, autocast, masking, yarn=1.0):
    ids, positions, trees, branches, targets = rows.to(device, non_blocking=True).long().unbind(1)
    with torch.autocast(torch.device(device).type, torch.bfloat16) if autocast else contextlib.nullcontext():
        state = model.hidden(ids, positions, masking(trees, branches), yarn_factor=yarn)
        chosen = targets.reshape(-1) != dataset.IGNORE
        logits = model.logits(state.reshape(-1, state.shape[-1])[chosen])
    wanted = targets.reshape(-1)[chosen]
    return F.cross_entropy(logits.float(), wanted), (logits.argmax(-1) == wanted).float().mean(), wanted.numel()


def has_bfloat16(device):
    """Whether products in bfloat16 are faster there: on a GPU, and on a CPU that has instructions for them (by oneDNN)."""
    return device.startswith("cuda") or torch.ops.mkldnn._is_mkldnn_bf16_supported()


def choose_masking(model, packer, device, wish):
    """Attention that leaves out what is hidden, where it works and agrees with the dense one on a small batch; else the dense one."""
    if wish == "dense":
        return tree_mask
    if not device.startswith("cuda"):
        if not tree_attention.fits(model.config, 1024):
            return tree_mask
        block_mask = tree_attention.masking
    try:
        rows = torch.tensor(packer.batch(0, dataset.Stage(1024, (0, 2), 1), 0, 2), dtype=torch.int32)
        with torch.no_grad():
            dense, sparse = (compute_loss(model, rows, device, has_bfloat16(device), masking)[0].item() for masking in (tree_mask, block_mask))
        if abs(dense - sparse) < 0.02:
            print("attention: block-sparse", flush=True)
            return block_mask
        reason = f"loss {sparse:.4f} instead of {dense:.4f}"
    except Exception as error:  # whatever a version of PyTorch lacks, the dense way works
        reason = f"{type(error).__name__}: {error}"
    if wish == "sparse":
        raise RuntimeError(f"Block-sparse attention does not work here: {reason}")
    print(f"attention: dense ({reason.splitlines()[0][:200]})", flush=True)
    return tree_mask


def make_optimizers(model, arguments):
    """Each with its peak rate in `peak` of its groups."""
    inner = [parameter for name, parameter in model.named_parameters() if parameter.dim() == 2 and "embed" not in name] if arguments.muon else []
    taken = {id(parameter) for parameter in inner}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in taken]
    groups = [{"params": [parameter for parameter in rest if parameter.dim() == 2], "weight_decay": 0.05},
              {"params": [parameter for parameter in rest if parameter.dim() < 2], "weight_decay": 0.0}]
    optimizers = [torch.optim.AdamW(groups, lr=arguments.rate, betas=(0.9, 0.98), fused=True)]
    if inner:
        optimizers.append(Muon(inner, lr=arguments.muon, weight_decay=0.05))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return optimizers


def export(model, arguments, out):
    """The weights and all that a loader needs, in the hub's layout."""
    folder = out / "checkpoint"
    folder.mkdir(parents=True, exist_ok=True)
    safetensors_file.save(folder / "model.safetensors", {name: tensor.to(torch.bfloat16) for name, tensor in model.state_dict().items()})
    for name in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        shutil.copy(Path(arguments.model) / name, folder / name)
    shutil.copy(arguments.config, folder / "config.json")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", default=str(DEMO), help="folder with tokenizer.json")
    parser.add_argument("--config", type=Path, default=Path(__file__).parent / "config.json", help="the model's shape")
    parser.add_argument("--curriculum", choices=sorted(dataset.CURRICULA), default="full")
    parser.add_argument("--steps", type=int, default=8_000)
    parser.add_argument("--tokens", type=int, default=131_072, help="tokens of a step")
    parser.add_argument("--rate", type=float, default=2e-3, help="AdamW's peak; with --muon that of embeddings and norms")
    parser.add_argument("--muon", type=float, help="Muon's peak rate for the matrices of the layers, which AdamW has otherwise")
    parser.add_argument("--warmup", type=int, default=400)
    parser.add_argument("--copying-start", action="store_true", help="begin with heads that copy")
    parser.add_argument("--start", type=Path, help="state.pt of an earlier run, whose weights are begun with")
    parser.add_argument("--cooldown", type=float, help="share of the steps in which the rate falls, in place of the cosine")
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--save-every", type=float, default=5, help="minutes between checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--workers", type=int, default=max(0, (os.cpu_count() or 1) - 2))
    parser.add_argument("--attention", choices=("auto", "sparse", "dense"), default="auto")
    parser.add_argument("--compile", action="store_true", help="compile the layers; worth its minute on long runs")
    parser.add_argument("--threads", type=int)
    return parser.parse_args()


def main():
    arguments = parse()
    begin = time.monotonic()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    config = Config.load(arguments.config)
    model = SmolLM3(config)
    if arguments.start:
        model.load_state_dict(torch.load(arguments.start, map_location="cpu")["model"])
    elif arguments.copying_start:
        copying_start.apply(model, arguments.seed)
    model.to(arguments.device)
    optimizers = make_optimizers(model, arguments)
    state_path, first, tokens = arguments.out / "state.pt", 0, 0
    if state_path.exists():
        state = torch.load(state_path, map_location=arguments.device)
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        first, tokens = state["step"], state["tokens"]
        print(f"resumed at step {first}", flush=True)
    stages = schedule(dataset.CURRICULA[arguments.curriculum], arguments.steps)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{count:,} parameters, {2 * count / 1e6:.1f} MB in bfloat16; {arguments.steps} steps of {arguments.tokens:,} tokens on {arguments.device}", flush=True)
    masking = choose_masking(model, dataset.load(arguments.model), arguments.device, arguments.attention)
    if arguments.compile:
        model.hidden = torch.compile(model.hidden)

    def save(step):
        torch.save({"model": model.state_dict(), "optimizers": [optimizer.state_dict() for optimizer in optimizers], "step": step, "tokens": tokens}, state_path.with_suffix(".new"))
        os.replace(state_path.with_suffix(".new"), state_path)
        export(model, arguments, arguments.out)

    saved = shown = time.monotonic()
    since = [0.0, 0.0, 0, 0]
    step = first
    log = open(arguments.out / "log.jsonl", "a", encoding="utf-8")
    for step, (stage, rows) in enumerate(batches(arguments, stages, first), first):
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate(step, arguments.steps, group["peak"], arguments.warmup, arguments.cooldown)
        loss, right, answered = compute_loss(model, rows, arguments.device, has_bfloat16(arguments.device), masking, yarn_factor(arguments.seed, step, stage))
        model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        tokens += rows.shape[0] * stage.length
        since = [since[0] + loss.detach(), since[1] + right, since[2] + 1, since[3] + rows.shape[0] * stage.length]
        now = time.monotonic()
        if (step + 1) % 50 == 0 or step + 1 == arguments.steps:
            entry = {"step": step + 1, "length": stage.length, "tokens": tokens, "loss": round(float(since[0]) / since[2], 4),
                     "right": round(float(since[1]) / since[2], 4), "tokens_per_second": round(since[3] / (now - shown)), "minutes": round((now - begin) / 60, 2)}
            print(json.dumps(entry), file=log, flush=True)
            print(" ".join(f"{name} {value}" for name, value in entry.items()), flush=True)
            since, shown = [0.0, 0.0, 0, 0], now
        if now - saved > arguments.save_every * 60:
            save(step + 1)
            saved = now
        if now - begin > arguments.minutes * 60:
            break
    save(step + 1)
    sys.exit(0 if step + 1 >= arguments.steps else 3)


if __name__ == "__main__":
    main()
