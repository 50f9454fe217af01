#!/usr/bin/env python3
"""Writes the contract of the generated domain that stands among the samples. Its names were never seen in training."""

import json
from pathlib import Path

import contracts

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def main():
    licence = contracts.draw("heldout", 1039)
    path = SAMPLES / "translate/licence-agreement.md"
    path.write_text(licence.text, encoding="utf-8")
    request = {"tasks": [{"type": "contract-analysis"}, {"type": "translate", "options": {"target": "fr"}}]}
    path.with_name(path.name + ".job.json").write_text(json.dumps(request, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
