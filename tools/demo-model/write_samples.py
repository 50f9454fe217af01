#!/usr/bin/env python3
"""Writes the two contracts of the generated domain that stand among the samples. Their names were never seen in training."""

import json
from pathlib import Path

import contracts

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def main():
    supply, licence = contracts.draw("heldout", 1007), contracts.draw("heldout", 1039)
    (SAMPLES / "contract-analysis/supply-agreement.md").write_text(supply.text, encoding="utf-8")
    path = SAMPLES / "translate/licence-agreement.md"
    path.write_text(licence.text, encoding="utf-8")
    request = {"tasks": [{"type": "translate", "options": {"target": "fr"}}]}
    path.with_name(path.name + ".job.json").write_text(json.dumps(request, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
