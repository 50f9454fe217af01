#!/usr/bin/env python3
"""Compares the product's engine with PyTorch, token by token, on what `greedy_check.py --dump` wrote.

    compare_engine.py --checkpoint FOLDER --dump FILE [--count 10]
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--dump", type=Path, required=True)
    parser.add_argument("--count", type=int, default=10)
    arguments = parser.parse_args()
    same = 0
    cases = [json.loads(line) for line in arguments.dump.read_text(encoding="utf-8").splitlines()][:arguments.count]
    for case in cases:
        done = subprocess.run(
            [str(ROOT / "smollm3"), "generate", "--model", str(Path(arguments.checkpoint).resolve()), "--dtype", "float32", "--temperature", "0", "--json",
             "--max-tokens", str(len(case["answer"])), "--token-ids", ",".join(map(str, case["prompt"]))], stdout=subprocess.PIPE, check=True)
        given = json.loads(done.stdout)["tokenIds"]
        # PyTorch's answers include the token that ended them; the engine's need not.
        same += given == case["answer"] or given == case["answer"][:-1]
    print(f"{same} of {len(cases)} greedy continuations have the same tokens")
    sys.exit(0 if same == len(cases) else 1)


if __name__ == "__main__":
    main()
