#!/usr/bin/env python3
"""Looks for one clause at ten depths of documents of about 16,000 tokens, with YaRN and without, beyond the length that was trained.

    long_context.py --checkpoint FOLDER [--tokens 16000] [--count 3]
"""

import argparse
import json
import random

import torch

import contracts
import questions
from greedy_check import load


def document(tokenizer, prompts, seed, tokens, depth):
    """A contract of about `tokens` tokens whose governing law stands at `depth` (0 to 1), as a prompt, with the law."""
    few, many = 10, 2_000
    while many - few > 4:
        middle = (few + many) // 2
        size = len(tokenizer.encode(contracts.draw("heldout", seed, middle).text))
        few, many = (middle, many) if size < tokens * 0.93 else (few, middle)
    contract = contracts.draw("heldout", seed, few)
    paragraphs = list(contract.paragraphs)
    law = [paragraph for paragraph in paragraphs if paragraph.clause == "law"]
    rest = [paragraph for paragraph in paragraphs if paragraph.clause != "law"]
    at = 2 + round(depth * (len(rest) - 3))
    texts = [paragraph.text for paragraph in rest[:at] + law + rest[at:]]
    question = next(question for question, schema in prompts.contract if "Governing Law" in json.dumps(schema))
    return tokenizer.encode(prompts.document("contract.md", texts, "15 January 2026") + question + questions.prompt_end()), contract.facts["governing_law"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--tokens", type=int, default=16_000)
    parser.add_argument("--count", type=int, default=3)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    model, tokenizer = load(arguments.checkpoint, arguments.device)
    prompts, stop = questions.Prompts(), (tokenizer.special["<|im_end|>"],)
    trained = model.config.max_position_embeddings
    factor = next(factor for factor in (1, 2, 4, 8) if trained * factor >= arguments.tokens + 1024)
    print(f"| depth | right with YaRN x{factor} | right without | of |\n| ---: | ---: | ---: | ---: |")
    totals = [0, 0]
    for tenth in range(10):
        right = [0, 0]
        for index in range(arguments.count):
            seed = 4_000_000 + random.Random(f"{tenth}/{index}").randrange(100_000)
            prompt, law = document(tokenizer, prompts, seed, arguments.tokens, (tenth + 0.5) / 10)
            for way, yarn in enumerate((factor, 1)):
                answer = tokenizer.decode(model.greedy(prompt, 400, stop, yarn))
                right[way] += f'"reading":"{law}"' in answer
        totals = [total + each for total, each in zip(totals, right)]
        print(f"| {(tenth + 0.5) / 10:.2f} | {right[0]} | {right[1]} | {arguments.count} |", flush=True)
    print(f"| all | {totals[0]} | {totals[1]} | {10 * arguments.count} |")


if __name__ == "__main__":
    main()
