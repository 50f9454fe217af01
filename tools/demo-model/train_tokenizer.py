#!/usr/bin/env python3
"""Trains the demo model's tokenizer on the contract generator's text and answers, the samples and the project's own prompts.

    train_tokenizer.py [--out FOLDER] [--size 4000]

Deterministic: the same tree gives the same file, byte for byte.
"""

import argparse
import html
import json
import random
import re
from pathlib import Path

import bpe
import contracts
import questions
from clauses import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
# Written by write_samples.py with this tokenizer in use: not a part of what makes it.
DRAWN = ("services-agreement.txt",)


def corpus():
    """The texts, most typical first. Made-up names are left out: spelled in short pieces, they are copied alike wherever they stand."""
    requests = questions.Prompts()
    for seed in range(300):
        contract = contracts.draw("train", seed)
        name = re.compile(r"\b(?:" + "|".join(sorted(contract.names)) + r")\b")
        texts = [contract.text] + ["\n\n".join(paragraph.translations[tongue] for paragraph in contract.paragraphs) for tongue in LANGUAGES]
        # An answer's JSON is written in far fewer tokens when its marks and names are tokens of their own.
        answers = [branch.answer for branch in questions.document_tree(requests, contract, random.Random(seed)).branches]
        yield from (name.sub(" ", text) for text in texts[:1] * 2 + texts[1:] + answers)
    for path in sorted((ROOT / "samples").rglob("*")):
        if path.suffix in (".md", ".txt", ".html") and path.name not in DRAWN:
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".html":
                text = html.unescape(re.sub(r"<[^>]+>", " ", text))
            yield from [text] * 2
    for line in questions.PROMPTS.read_text(encoding="utf-8").splitlines():
        for message in json.loads(line)["messages"]:
            yield from [message["content"]] * 20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "src/SmolLM3.Batch.Cli/DemoModel")
    parser.add_argument("--size", type=int, default=4000)
    arguments = parser.parse_args()
    tokens = bpe.train(corpus(), arguments.size - 256 - len(bpe.SPECIAL_TOKENS))
    path = arguments.out / "tokenizer.json"
    path.write_text(json.dumps(bpe.to_json(tokens), ensure_ascii=False, indent=0).replace("\n", "") + "\n", encoding="utf-8")
    tokenizer = bpe.Tokenizer(path)
    contract = contracts.draw("heldout", 0)
    print(f"{path}: {tokenizer.size} tokens, {len(contract.text) / len(tokenizer.encode(contract.text)):.2f} characters a token on an unseen contract")


if __name__ == "__main__":
    main()
