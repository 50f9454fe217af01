#!/usr/bin/env python3
"""Records the product's own requests for a specimen contract, and checks that questions.py renders the same to the byte.

    dump_prompts.py write              writes prompts.jsonl
    dump_prompts.py check [--count N]  compares rendered prompts and token ids on N unseen contracts, and whether the right answers fit
                                       what the product's schemas and limits allow
"""

import argparse
import json
import random
import subprocess
import sys
from pathlib import Path

import bpe
import contracts
import questions
from clauses import LANGUAGES

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOKENIZER = ROOT / "src/SmolLM3.Batch.Cli/DemoModel/tokenizer.json"
TASKS = [{"type": "contract-analysis"}, {"type": "summarize"}] + [{"type": "translate", "options": {"source": "en", "target": tongue}} for tongue in LANGUAGES]
TODAY = "15 January 2026"
CONTEXT = 16_384


def ask(documents):
    """What the product asks about documents (name, text)."""
    project = HERE / "PromptDump/PromptDump.csproj"
    subprocess.run(["dotnet", "build", "-nologo", "-v", "q", "-c", "Release", project], check=True, stdout=sys.stderr)
    lines = "".join(json.dumps({"name": name, "text": text, "tasks": TASKS}) + "\n" for name, text in documents)
    done = subprocess.run(["dotnet", "run", "--no-build", "-c", "Release", "--project", project, "--", TOKENIZER, str(CONTEXT)],
                          input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def write():
    contract = contracts.draw("train", 11, 4)
    requests = ask([("specimen.md", contract.text)])
    seen, lines = set(), []
    for request in requests:
        key = (request["task"], json.dumps(request["options"]), json.dumps(request["schema"]))
        if key in seen:
            continue
        seen.add(key)
        lines.append(json.dumps({name: request[name] for name in ("task", "options", "messages", "schema", "maxTokens")}, ensure_ascii=False))
    questions.PROMPTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} kinds of request")


def misfits(value, schema, path="answer"):
    """Where a value breaks a schema of the kinds that the tasks send."""
    if isinstance(value, dict):
        if set(value) != set(schema["properties"]):
            yield f"{path} has other fields"
        for name in set(value) & set(schema["properties"]):
            yield from misfits(value[name], schema["properties"][name], f"{path}.{name}")
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{path} has {len(value)} items, of {schema.get('minItems', 0)} to {schema.get('maxItems')} allowed"
        for index, item in enumerate(value):
            yield from misfits(item, schema["items"], f"{path}[{index}]")
    elif isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{path} has {len(value)} characters, of {schema['maxLength']} allowed"
        if value not in schema.get("enum", [value]):
            yield f"{path} is {value!r}, not among the allowed"
    elif not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path} is {value}, out of range"


def check(count):
    prompts, tokenizer = questions.Prompts(), bpe.Tokenizer(TOKENIZER)
    drawn = [contracts.draw("heldout", 500_000 + seed, *([90] if seed % 10 == 9 else [])) for seed in range(count)]
    names = [f"contract-{index}{'.md' if contract.markdown or index % 2 else '.txt'}" for index, contract in enumerate(drawn)]
    asked = {name: [] for name in names}
    for request in ask([(name, contract.text) for name, contract in zip(names, drawn, strict=True)]):
        asked[request["document"]].append(request)
    wrong = unfit = 0
    for name, contract in zip(names, drawn, strict=True):
        tree = questions.document_tree(prompts, contract, random.Random(0), name, TODAY)
        ours = {tree.trunk + branch.question + questions.prompt_end(): branch.answer for branch in tree.branches}
        for tongue in LANGUAGES:
            tree = questions.translation_tree(prompts, contract, tongue, random.Random(0), 10_000, TODAY)
            ours |= {tree.trunk + branch.question + questions.prompt_end(): branch.answer for branch in tree.branches}
        for request in asked[name]:
            if request["prompt"] not in ours:
                wrong += 1
                if wrong <= 5:
                    near = max(ours, key=lambda text: len(set(text.split()) & set(request["prompt"].split())))
                    at = next((index for index, (left, right) in enumerate(zip(near, request["prompt"])) if left != right), -1)
                    print(f"{name} {request['task']} {request['options']}: differs at {at}\n  product: {request['prompt'][at - 60:at + 200]!r}\n  ours:    {near[at - 60:at + 200]!r}")
            elif tokenizer.encode(request["prompt"]) != request["ids"]:
                wrong += 1
                print(f"{name} {request['task']}: other token ids")
            else:
                answer = ours[request["prompt"]]
                problems = list(misfits(json.loads(answer), request["schema"])) if request["schema"] else []
                if len(tokenizer.encode(answer)) > request["maxTokens"]:
                    problems.append(f"the answer has more than {request['maxTokens']} tokens")
                unfit += bool(problems)
                if problems and unfit <= 5:
                    print(f"{name} {request['task']}: {'; '.join(problems)}")
    total = sum(map(len, asked.values()))
    print(f"{total - wrong} of {total} prompts are the same to the byte and token; {unfit} right answers are not allowed by the product's schemas and limits")
    return wrong + unfit


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("write", "check"))
    parser.add_argument("--count", type=int, default=40)
    arguments = parser.parse_args()
    sys.exit(write() if arguments.what == "write" else min(1, check(arguments.count)))


if __name__ == "__main__":
    main()
