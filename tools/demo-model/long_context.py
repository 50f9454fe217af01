#!/usr/bin/env python3
"""Looks for one clause at ten depths of documents of about 16,000 tokens, beyond the length that was trained: with YaRN and without, by the
product's engine. It gives a sequence that is longer than the model's positions YaRN by itself; without, it gets a copy of the checkpoint
that says that it has positions enough.

    long_context.py --checkpoint FOLDER [--tokens 16000] [--count 3]
"""

import argparse
import json
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

import bpe
import contracts
import questions

ROOT = Path(__file__).resolve().parents[2]
ANSWER = 200


def document(tokenizer, prompts, seed, tokens, depth):
    """A contract of about `tokens` tokens as a prompt (numbers of paragraphs included) whose governing law stands at `depth` (0 to 1), as a prompt, with the law."""
    few, many = 10, 2_000
    while many - few > 4:
        middle = (few + many) // 2
        size = len(tokenizer.encode(contracts.draw("heldout", seed, middle).text))
        few, many = (middle, many) if size < tokens * 0.74 else (few, middle)
    contract = contracts.draw("heldout", seed, few)
    paragraphs = list(contract.paragraphs)
    law = [paragraph for paragraph in paragraphs if paragraph.clause == "law"]
    rest = [paragraph for paragraph in paragraphs if paragraph.clause != "law"]
    at = 2 + round(depth * (len(rest) - 3))
    texts = [paragraph.text for paragraph in rest[:at] + law + rest[at:]]
    question = next(question for question, schema in prompts.contract if "Governing Law" in json.dumps(schema))
    return prompts.document("contract.md", texts, "15 January 2026") + question + questions.prompt_end(), contract.facts["governing_law"]


def answer(folder, prompt):
    command = [str(ROOT / "smollm3"), "generate", "--model", str(folder), "--prompt", "-", "--max-tokens", str(ANSWER), "--stop-at-eos"]
    return subprocess.run(command, input=prompt, stdout=subprocess.PIPE, check=True, text=True).stdout


def without_yarn(checkpoint, to):
    shutil.copytree(checkpoint, to, dirs_exist_ok=True)
    config = json.loads((to / "config.json").read_text(encoding="utf-8"))
    config["max_position_embeddings"] *= 8
    (to / "config.json").write_text(json.dumps(config), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--tokens", type=int, default=16_000)
    parser.add_argument("--count", type=int, default=3)
    arguments = parser.parse_args()
    tokenizer, prompts = bpe.Tokenizer(arguments.checkpoint / "tokenizer.json"), questions.Prompts()
    trained = json.loads((arguments.checkpoint / "config.json").read_text(encoding="utf-8"))["max_position_embeddings"]
    print(f"| depth | right with YaRN | right without | of |\n| ---: | ---: | ---: | ---: |")
    totals, most = [0, 0], 0
    with tempfile.TemporaryDirectory() as folder:
        without_yarn(arguments.checkpoint, Path(folder))
        for tenth in range(10):
            right = [0, 0]
            for index in range(arguments.count):
                seed = 4_000_000 + random.Random(f"{tenth}/{index}").randrange(100_000)
                prompt, law = document(tokenizer, prompts, seed, arguments.tokens, (tenth + 0.5) / 10)
                most = max(most, len(tokenizer.encode(prompt)))
                for way, checkpoint in enumerate((arguments.checkpoint.resolve(), folder)):
                    right[way] += f'"reading":"{law}"' in answer(checkpoint, prompt)
            totals = [total + each for total, each in zip(totals, right)]
            print(f"| {(tenth + 0.5) / 10:.2f} | {right[0]} | {right[1]} | {arguments.count} |", flush=True)
    print(f"| all | {totals[0]} | {totals[1]} | {10 * arguments.count} |")
    print(f"\nPrompts of up to {most:,} tokens; {trained:,} positions were trained.")


if __name__ == "__main__":
    main()
