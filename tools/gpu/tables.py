#!/usr/bin/env python3
"""Turns results.jsonl into the tables of docs/performance.md: prediction and result side by side, shares of the ceilings, peers."""
import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import predict

OURS = "SmolLM3.Batch"


def read(path: Path) -> list[dict]:
    """A line that a killed process left unfinished is not a measurement."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            print(f"tables.py: left out an unfinished line: {text[:80]}", file=sys.stderr)
    return lines


def engine(line: dict) -> str:
    return line.get("run", {}).get("engine", "measure.sh")


def results(lines: list[dict], kind: str, ours: bool | None = None) -> list[dict]:
    return [line for line in lines if line["kind"] == kind and line.get("result")
            and (ours is None or (engine(line) == OURS) == ours)]


def table(heads: list[str], rows: list[list[str]], words: int = 1) -> str:
    """Markdown; the first columns are words, the rest figures. Empty without rows."""
    if not rows:
        return "Not measured.\n"
    rule = ["---"] * words + ["---:"] * (len(heads) - words)
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, rule, *rows]) + "\n"


def number(value: float | None, digits: int = 1, scale: float = 1) -> str:
    return "" if value is None else f"{value / scale:,.{digits}f}"


def percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def facts(lines: list[dict]) -> str:
    runs = [line["run"] for line in lines if line.get("run")]
    seen: dict[str, list[str]] = {}
    for run in runs:
        for name in ("device", "driver", "commit", "torchSharp", "runtime", "torch", "transformers"):
            if run.get(name) and str(run[name]) not in seen.setdefault(name, []):
                seen[name].append(str(run[name]))
    when = sorted(run["time"] for run in runs if run.get("time"))
    rows = [[name, ", ".join(values)] for name, values in seen.items()] + ([["measured", f"{when[0][:16]} to {when[-1][:16]} UTC"]] if when else [])
    return table(["", ""], rows, words=2)


def ceilings(lines: list[dict]) -> predict.Device | None:
    """The best of all that were measured in this run."""
    found = [line["result"] for line in results(lines, "ceilings")]
    if not found:
        return None
    return replace(predict.Device(), bandwidth=max(each["readBytesPerSecond"] for each in found), peak=max(each["flopsPerSecond"] for each in found))


def kernels(lines: list[dict]) -> str:
    """What the engine ran with, in words."""
    return ", ".join(sorted({line["result"]["kernels"] for line in results(lines, "ceilings") }))


def version(line: dict) -> predict.Version:
    return predict.TOGETHER if line["result"].get("fused") else predict.ONE_BY_ONE


def reference(lines: list[dict]) -> str:
    rows = [[each["checkpoint"], each["computeType"], each["kernels"].split(":")[0], f"{each['worstLogitError']:.2g}",
             f"{each['lastArgmaxEqual']} of {each['cases']}", f"{each['argmaxEqual']} of {each['positionsCompared']}",
             f"{each['greedyEqual']} of {each['cases']}", f"{each['greedyPrefix']} of {each['greedyTokens']}"]
            for each in (line["result"] for line in results(lines, "reference"))]
    return table(["checkpoint", "type", "kernels", "worst error of the last logits", "last argmax equal", "argmax equal, all positions",
                  "greedy equal", "greedy tokens before the first other one"], rows, words=3)


def decode(lines: list[dict], device: predict.Device | None, shape: str) -> str:
    rows = []
    for line in results(lines, "case", ours=True):
        case, settings = line["result"], line["settings"]
        if not case["decodeStepMilliseconds"]:
            continue
        predicted = predict.decode_seconds(case["batchSize"], case["promptTokens"], version=version(line)) * 1e3 if shape == "smollm3-3b" else None
        share = case["decodeGigabytesPerSecond"] * 1e9 / device.bandwidth if device else case["decodeShareOfBandwidth"]
        rows.append([version(line).name, settings["type"], f"{settings['stepTokens']}", f"{case['batchSize']}", f"{case['promptTokens']:,}", number(predicted),
                     number(case["decodeStepMilliseconds"], 2), number(case["decodeTokensPerSecond"], 0), number(case["decodeGigabytesPerSecond"], 0),
                     percent(share), number(case["overheadMillisecondsPerStep"], 2), number(case.get("gpuPeakMemoryBytes"), 1, 1e9)])
    return table(["version", "type", "step tokens", "batch", "context", "predicted ms a step", "ms a step", "tok/s", "GB/s", "of bandwidth",
                  "host ms a step", "GPU memory GB"], rows)


def prefill(lines: list[dict], device: predict.Device | None, shape: str) -> str:
    rows = []
    for line in results(lines, "case", ours=True):
        case, settings = line["result"], line["settings"]
        if case["batchSize"] != 1:
            continue
        predicted = predict.prefill_seconds(case["promptTokens"], chunk=int(settings["stepTokens"]), version=version(line)) if shape == "smollm3-3b" else None
        share = case["prefillGigaflops"] * 1e9 / device.peak if device else case["prefillShareOfPeak"]
        rows.append([version(line).name, settings["type"], f"{settings['stepTokens']}", f"{case['promptTokens']:,}", number(predicted, 2), number(case["timeToFirstTokenSeconds"], 2),
                     number(case["prefillTokensPerSecond"], 0), number(case["prefillGigaflops"], 1, 1e3), percent(share)])
    return table(["version", "type", "step tokens", "prompt", "predicted s", "s", "tok/s", "TFLOP/s", "of the peak"], rows)


def mixed(lines: list[dict]) -> str:
    found = results(lines, "mixed")
    rows = []
    for line in found:
        load, settings = line["result"], line["settings"]
        busy = load.get("gpuBusyShare")
        how = f"version {version(line).name}, step tokens {settings['stepTokens']}" if "stepTokens" in settings else settings.get("attention", "").replace("|", " ")
        rows.append([engine(line), how, f"{load['documents']}", f"{load['promptTokens']:,}", number(load["seconds"]), number(load["documentsPerMinute"]),
                     number(load["promptTokensPerSecond"], 0), number(load["generatedTokensPerSecond"], 0),
                     percent(load.get("overheadShare")), percent(None if busy is None else 1 - busy), number(load.get("gpuPeakMemoryBytes"), 1, 1e9)])
    text = table(["engine", "how", "documents", "prompt tokens", "s", "documents/min", "prompt tok/s", "generated tok/s",
                  "host between steps", "GPU idle", "GPU memory GB"], rows, words=2)
    loads: dict[tuple[int, int], list[dict]] = {}
    for line in found:
        loads.setdefault((line["result"]["documents"], line["result"]["promptTokens"]), []).append(line)
    for (documents, _), same in loads.items():
        ours = max((line["result"]["documentsPerMinute"] for line in same if engine(line) == OURS), default=None)
        theirs = max((line["result"]["documentsPerMinute"] for line in same if engine(line) != OURS), default=None)
        if ours and theirs:
            text += f"\nDocuments a minute, ours over transformers' best, {documents} documents: {ours / theirs:.2f}.\n"
    return text


def peers(lines: list[dict]) -> str:
    """Every case that both measured, in one row."""
    names = sorted({engine(line) for line in results(lines, "case", ours=False)})
    by_case: dict[tuple, dict[str, dict]] = {}
    for line in results(lines, "case"):
        # Larger chunks and the version before come later in the file; the first is the default.
        by_case.setdefault((line["result"]["batchSize"], line["result"]["promptTokens"]), {}).setdefault(engine(line), line["result"])
    rows = []
    for (batch, prompt), found in sorted(by_case.items()):
        if OURS in found and len(found) > 1:
            rows.append([f"{batch}", f"{prompt:,}"] + [number(found.get(name, {}).get(field), 0) for field in ("decodeTokensPerSecond", "prefillTokensPerSecond")
                                                       for name in (OURS, *names)])
    heads = ["batch", "context"] + [f"{field} tok/s, {name}" for field in ("decode", "prefill") for name in (OURS, *names)]
    return table(heads, rows)


def others(lines: list[dict]) -> str:
    rows = []
    for line in results(lines, "long"):
        each = line["result"]
        rows.append([f"{each['promptTokens'] + each['generatedTokens']:,} tokens", f"{each['seconds']:.1f} s in all, first token after {each['firstTokenSeconds']:.1f} s, "
                     f"then {each['secondsPerGeneratedToken'] * 1e3:.1f} ms a token; GPU memory {number(each.get('gpuPeakMemoryBytes'), 1, 1e9) or '-'} GB"])
    for line in results(lines, "steps"):
        each = line["result"]
        grown = "" if each.get("gpuMemoryAfter") is None else f"; GPU memory {each['gpuMemoryBefore'] / 1e6:,.0f} to {each['gpuMemoryAfter'] / 1e6:,.0f} MB"
        rows.append([f"{each['steps']:,} steps", f"{each['tensorsBefore']} tensors before, {each['tensorsAfter']} after{grown}; working set "
                     f"{each['workingSetBefore'] / 1e6:,.0f} to {each['workingSetAfter'] / 1e6:,.0f} MB; {each['seconds']:.1f} s"])
    for line in results(lines, "coldstart"):
        each = line["result"]
        rows.append(["cold start", f"{each['totalSeconds']:.2f} s: process {each['processSeconds']:.2f}, load {each['loadSeconds']:.2f}, "
                     f"first token {each['firstTokenSeconds']:.2f}; the second request took {each['secondRequestSeconds'] * 1e3:.0f} ms"])
    return table(["what", "result"], rows, words=2)


def failures(lines: list[dict]) -> str:
    rows = [[engine(line), line["kind"], json.dumps(line.get("settings", {})).replace("|", " "), str(line["error"])[:160].replace("|", " ").replace("\n", " ")]
            for line in lines if line.get("error")]
    rows += [[engine(line), "skipped", f"batch {line['result']['batchSize']}, {line['result']['promptTokens']:,} tokens", line["result"]["reason"]]
             for line in results(lines, "skipped")]
    return table(["engine", "what", "settings", "why"], rows, words=4) if rows else "None.\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--shape", default="smollm3-3b", help="what was measured: predictions exist for smollm3-3b")
    given = parser.parse_args()
    lines = read(given.results)
    device = ceilings(lines)
    print("### Run\n\n" + facts(lines))
    if device:
        print(f"Ceilings of this run: a copy reads and writes {device.bandwidth / 1e9:,.0f} GB/s; a large product reaches {device.peak / 1e12:,.1f} TFLOP/s.\n")
    print(f"Kernels: {kernels(lines) or 'not known'}.\n")
    for title, text in (
        ("Reference cases", reference(lines)),
        ("Decode", decode(lines, device, given.shape)),
        ("Prefill", prefill(lines, device, given.shape)),
        ("Mixed load", mixed(lines)),
        ("Side by side", peers(lines)),
        ("Length, steps, start", others(lines)),
        ("What did not run", failures(lines)),
    ):
        print(f"### {title}\n\n{text}")


if __name__ == "__main__":
    main()
