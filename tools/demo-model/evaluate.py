#!/usr/bin/env python3
"""Scores the demo model through the product: unseen contracts go in by `./smollm3 run`, and what comes out is compared with the truth.

    evaluate.py --model FOLDER --out runs/evaluation [--count 200]

Names come from the held-out split and seeds from a range that training never draws. Needs the .NET SDK.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import contracts
import questions
from clauses import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
FIRST_SEED = 2_000_000
TARGETS = {"fields": 0.95, "quotes verified": 0.99, "summaries": 0.90, "translations": 0.90}


def draw(index):
    """The contract and the target language of an index. Every tenth contract is long, near 4,000 tokens as a prompt."""
    clauses = 90 if index % 10 == 9 else 2 + index % 24
    return contracts.draw("heldout", FIRST_SEED + index, clauses), sorted(LANGUAGES)[index % len(LANGUAGES)]


def write(folder, count):
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        contract, tongue = draw(index)
        path = folder / f"contract-{index:04}.{'md' if contract.markdown else 'txt'}"
        path.write_text(contract.text, encoding="utf-8")
        tasks = [{"type": "contract-analysis"}, {"type": "summarize"}, {"type": "translate", "options": {"source": "en", "target": tongue}}]
        path.with_name(path.name + ".job.json").write_text(json.dumps({"tasks": tasks}), encoding="utf-8")


def read(folder, name):
    path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def first_reading(analysis, category):
    for clause in analysis.get("clauses", []):
        if clause["category"] == category:
            return next((finding["reading"] for finding in clause["findings"] if finding["verified"]), None)
    return None


def score_analysis(contract, analysis, tally):
    parties = {party["name"] for party in analysis.get("parties", []) if party["verified"]}
    fee = next((amount["quote"] for amount in analysis.get("amounts", []) if amount["purpose"] == "fee"), None)
    found = {
        "parties": parties == set(contract.parties),
        "effective_date": first_reading(analysis, "Effective Date") == contract.facts["effective_date"],
        "term": first_reading(analysis, "Expiration Date") == contract.facts["term"],
        "notice_period": first_reading(analysis, "Termination For Convenience") == contract.facts["notice_period"],
        "governing_law": first_reading(analysis, "Governing Law") == contract.facts["governing_law"],
        "payment_amount": fee == contract.facts["payment_amount"],
        "liability_cap": first_reading(analysis, "Cap On Liability") == contract.facts["liability_cap"],
    }
    for name, right in found.items():
        tally.add(f"field {name}", right)
        tally.add("fields", right)
    quoted = [finding for clause in analysis.get("clauses", []) for finding in clause["findings"]] + analysis.get("obligations", []) \
        + analysis.get("parties", []) + analysis.get("amounts", [])
    for finding in quoted:
        tally.add("quotes verified", finding["verified"])


def score_summary(contract, summary, tally):
    points = [point["text"] for section in summary.get("sections", []) for point in section["points"]]
    text = " ".join([summary.get("headline") or "", summary.get("overview") or "", *points])
    wanted = [contract.values["A"], contract.values["B"], contract.facts["effective_date"], contract.facts["governing_law"]]
    tally.add("summaries", all(value in text for value in wanted))


def score_translation(contract, tongue, translation, tally):
    targets = {segment["source"]: segment["target"] for segment in translation.get("segments", [])}
    strip = lambda text: questions.bare(text)
    targets = {strip(source): strip(target) for source, target in targets.items()}
    for paragraph in contract.paragraphs:
        right = targets.get(strip(paragraph.text)) == strip(paragraph.translations[tongue])
        if not paragraph.heading:
            tally.add("translations", right)
            tally.add(f"translations {tongue}", right)
        else:
            tally.add("headings translated", right)


class Tally:
    def __init__(self):
        self.right, self.all = Counter(), Counter()

    def add(self, name, right):
        self.all[name] += 1
        self.right[name] += bool(right)

    def table(self):
        rows = ["| measure | right | of | share | target |", "| --- | ---: | ---: | ---: | ---: |"]
        for name in sorted(self.all, key=lambda each: (each not in TARGETS, each)):
            target = f"{TARGETS[name]:.0%}" if name in TARGETS else ""
            rows.append(f"| {name} | {self.right[name]} | {self.all[name]} | {self.right[name] / self.all[name]:.1%} | {target} |")
        return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="a checkpoint's folder; none: the product's own demo model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--score-only", action="store_true", help="score what an earlier call left in --out")
    arguments = parser.parse_args()
    documents, results = arguments.out.resolve() / "documents", arguments.out.resolve() / "results"
    if not arguments.score_only:
        write(documents, arguments.count)
        command = [str(ROOT / "smollm3"), "run", str(documents), "--output", str(results), "--state", str(arguments.out.resolve() / "state")]
        code = subprocess.run(command + (["--model", str(Path(arguments.model).resolve())] if arguments.model else [])).returncode
        print(f"smollm3 run ended with {code}", file=sys.stderr)
    tally = Tally()
    for index in range(arguments.count):
        contract, tongue = draw(index)
        folder = results / f"contract-{index:04}.{'md' if contract.markdown else 'txt'}"
        score_analysis(contract, read(folder, "contract-analysis.json"), tally)
        score_summary(contract, read(folder, "summarize.json"), tally)
        score_translation(contract, tongue, read(folder, "translate.json"), tally)
    table = tally.table()
    (arguments.out / "scores.md").write_text(table + "\n", encoding="utf-8")
    print(table)
    reached = all(tally.right[name] >= share * tally.all[name] for name, share in TARGETS.items())
    sys.exit(0 if reached else 4)


if __name__ == "__main__":
    main()
