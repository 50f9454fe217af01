#!/usr/bin/env python3
"""Writes the contracts of the generated domain that stand among the samples and in the end-to-end tests. Their names were never seen in training."""

import json
from pathlib import Path

import contracts

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
TESTS = ROOT / "tests/SmolLM3.Batch.EndToEnd.Tests/Contracts/contracts.json"


def sample(path, seed, clauses=None, tasks=None):
    contract = contracts.draw("heldout", seed, clauses)
    path = SAMPLES / path
    path.write_text(contract.text, encoding="utf-8")
    if tasks:
        path.with_name(path.name + ".job.json").write_text(json.dumps({"tasks": tasks}, indent=2) + "\n", encoding="utf-8")


def tests():
    """Contracts with what an analysis must find in them: of seeds 5,000,000 to 5,000,013 the first four that the shipped weights read right
    under each of eight names (all but 5,000,004; a document's name and the day are in its prompt). That the model is right is the evaluation's to measure; these tests
    show that every door leads to it."""
    drawn = [contracts.draw("heldout", 5_000_000 + index, 2 + index) for index in range(4)]
    TESTS.parent.mkdir(exist_ok=True)
    TESTS.write_text(json.dumps([{
        "name": f"contract-{index}.{'md' if contract.markdown else 'txt'}", "text": contract.text, "parties": contract.parties,
        "effectiveDate": contract.facts["effective_date"], "governingLaw": contract.facts["governing_law"],
    } for index, contract in enumerate(drawn)], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    analysis = {"type": "contract-analysis"}
    sample("translate/licence-agreement.md", 1039, tasks=[analysis, {"type": "translate", "options": {"target": "fr"}}])
    sample("contract-analysis/services-agreement.txt", 1056, 6, [analysis, {"type": "summarize"}])
    tests()


if __name__ == "__main__":
    main()
