#!/usr/bin/env python3
"""Scores a checkpoint by the trainer's own greedy decoding, without constraints: a quick look before the evaluation through the product.

    greedy_check.py --checkpoint runs/demo/checkpoint [--count 20] [--split heldout] [--clauses 6] [--dump FILE]

--dump writes prompts with the tokens that were generated, for comparison with the product's engine (compare_engine.py).
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

import torch

import bpe
import contracts
import questions
import safetensors_file
from clauses import LANGUAGES
from model import Config, SmolLM3


def load(folder, device="cpu"):
    """Model and tokenizer of a checkpoint's folder."""
    model = SmolLM3(Config.load(Path(folder) / "config.json"))
    model.load_state_dict(safetensors_file.load(Path(folder) / "model.safetensors"))
    return model.to(device).eval(), bpe.Tokenizer(Path(folder) / "tokenizer.json")


def leaves(value, path=""):
    """Every value of an answer with where it stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            key = item.get("category", "") if isinstance(item, dict) else ""
            yield from leaves(item, f"{path}[{key}]")
    else:
        yield path, value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--split", choices=contracts.SPLITS, default="heldout")
    parser.add_argument("--clauses", type=int, default=6)
    parser.add_argument("--kinds", nargs="*", help="kinds of question; none: all")
    parser.add_argument("--dump", type=Path)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    model, tokenizer = load(arguments.checkpoint, arguments.device)
    prompts, stop = questions.Prompts(), (tokenizer.special["<|im_end|>"],)
    exact, fields, dumped = defaultdict(list), defaultdict(list), []
    for index in range(arguments.count):
        contract = contracts.draw(arguments.split, 3_000_000 + index, arguments.clauses)
        random_ = random.Random(index)
        trees = [questions.document_tree(prompts, contract, random_), questions.translation_tree(prompts, contract, sorted(LANGUAGES)[index % 5], random_, 6)]
        for tree in trees:
            for branch in tree.branches:
                if arguments.kinds and branch.kind not in arguments.kinds:
                    continue
                prompt = tokenizer.encode(tree.trunk + branch.question + questions.prompt_end())
                wanted = tokenizer.encode(branch.answer)
                answer = model.greedy(prompt, len(wanted) + 24, stop)
                dumped.append({"prompt": prompt, "answer": answer})
                text = tokenizer.decode(answer[:-1] if answer[-1] in stop else answer)
                exact[branch.kind].append(text == branch.answer)
                if branch.answer.startswith("{"):
                    try:
                        given = dict(leaves(json.loads(text)))
                    except json.JSONDecodeError:
                        given = {}
                    for path, value in leaves(json.loads(branch.answer)):
                        fields[path].append(given.get(path) == value)
    print("| answers exactly right | right | of |\n| --- | ---: | ---: |")
    for kind, results in sorted(exact.items()):
        print(f"| {kind} | {sum(results)} | {len(results)} |")
    print("\n| values exactly right | right | of |\n| --- | ---: | ---: |")
    for path, results in sorted(fields.items()):
        print(f"| `{path}` | {sum(results)} | {len(results)} |")
    if arguments.dump:
        arguments.dump.write_text("".join(json.dumps(each) + "\n" for each in dumped), encoding="utf-8")


if __name__ == "__main__":
    main()
