"""Endless training batches: trees of questions about freshly drawn contracts, packed into sequences of one length.

A batch is a pure function of (seed, stage, index), so that a resumed run sees what an unbroken one would have seen.
"""

import random
from dataclasses import dataclass

import bpe
import contracts
import questions
from clauses import LANGUAGES


@dataclass(frozen=True)
class Stage:
    """A part of the curriculum."""
    length: int             # tokens of a packed sequence
    clauses: tuple          # fewest and most distracting clauses of a contract
    share: float            # of the training steps
    translation: float = 0.35   # share of trees that translate
    branches: int = 5       # most questions about one document
    kinds: tuple = ()       # kinds of question; empty: all
    drill: float = 0.0      # share of trees that only ask for a paragraph by its number
    noise: float = 0.0      # share of trees that ask for a line of random words by its number
    yarn: float = 0.0       # share of steps with YaRN's rotary angles, half of them with factor 2 and half with factor 4
    absent: float = 0.25    # share of the questions about clauses a contract lacks that are asked


# Short documents teach what an answer looks like and to copy; longer ones to find.
CURRICULUM = (
    Stage(1024, (0, 3), 0.10, branches=6, drill=0.2),
    Stage(2048, (2, 12), 0.25, branches=7),
    Stage(4096, (2, 40), 0.45, branches=8),
    Stage(8192, (2, 160), 0.15, branches=8),
    Stage(4096, (2, 90), 0.05, branches=10, absent=1.0),
)
# What one CPU core can take in: no translation, and contracts of a page. The drill in between teaches to copy, which short runs do not
# come upon by themselves.
TOY = (
    Stage(1024, (0, 2), 0.28, translation=0.0, kinds=("facts", "clauses", "summary")),
    Stage(512, (0, 2), 0.35, drill=1.0, branches=6),
    Stage(1024, (0, 2), 0.37, translation=0.0, kinds=("facts", "clauses", "summary")),
)
# An hour and a half on two CPU cores with bfloat16 instructions: first to give back lines by their numbers, then the tasks on one page,
# on a few, and on ten. Lengths take turns while the rate falls, so that what is learnt late is learnt at all of them, and all questions are
# asked as often as the product asks them: where those about absent clauses are few, "none" is said too seldom.
CPU = (
    Stage(512, (0, 1), 0.02, noise=1.0, branches=8),
    Stage(512, (0, 1), 0.04, noise=0.2, drill=0.8, branches=6),
    Stage(1024, (0, 3), 0.30, translation=0.3, branches=8, drill=0.05, noise=0.03, absent=0.4),
    Stage(2048, (0, 10), 0.20, translation=0.3, branches=9, drill=0.03, absent=0.6),
    Stage(1024, (0, 5), 0.05, translation=0.3, branches=9, drill=0.03, noise=0.03, absent=1.0),
    Stage(2048, (1, 26), 0.16, translation=0.3, branches=10, drill=0.03, absent=1.0),
    Stage(4096, (4, 70), 0.12, translation=0.3, branches=10, yarn=0.2, absent=1.0),
    Stage(2048, (1, 26), 0.05, translation=0.3, branches=10, absent=1.0),
    Stage(4096, (6, 90), 0.06, translation=0.3, branches=10, yarn=0.3, absent=1.0),
)
# A second run, from the first one's weights: the same once more, with longer contracts. What is learnt last is to say that a clause is not there.
CPU_MORE = tuple(stage for share in (0.4, 0.35, 0.25) for stage in (
    Stage(1024, (0, 5), 0.15 * share, translation=0.25, branches=10, drill=0.02, noise=0.02, absent=1.0),
    Stage(2048, (1, 26), 0.50 * share, translation=0.25, branches=10, drill=0.02, absent=1.0),
    Stage(4096, (6, 90), 0.35 * share, translation=0.25, branches=10, yarn=0.25, absent=1.0),
))
CURRICULA = {"full": CURRICULUM, "toy": TOY, "cpu": CPU, "cpu-more": CPU_MORE}
IGNORE = -100


class Packer:
    """Draws trees and packs them."""

    def __init__(self, tokenizer, prompts, split="train"):
        self.tokenizer, self.prompts, self.split = tokenizer, prompts, split
        self.words = [text for text in tokenizer.plain_texts() if text.isascii() and text.lstrip(" ").isalpha()]

    def tree(self, random_, stage):
        if random_.random() < stage.noise:
            return questions.noise_tree(self.words, random_)
        contract = contracts.draw(self.split, random_.randrange(2 ** 48), random_.randint(*stage.clauses), complete=False)
        if random_.random() < stage.drill:
            tree = questions.drill_tree(contract, random_)
        elif random_.random() < stage.translation:
            tree = questions.translation_tree(self.prompts, contract, random_.choice(sorted(LANGUAGES)), random_, most=16)
        else:
            tree = questions.document_tree(self.prompts, contract, random_)
            # Empty answers teach little while copying is learnt: most of them are left out then.
            tree.branches = [branch for branch in tree.branches if branch.answer != '{"clauses":[]}' or random_.random() < stage.absent]
        if stage.kinds:
            tree.branches = [branch for branch in tree.branches if branch.kind in stage.kinds]
        random_.shuffle(tree.branches)
        return tree

    def encode(self, tree, room, most):
        """Token rows of a tree that fits `room`, with as many branches as do; None if not even one does."""
        trunk = self.tokenizer.encode(tree.trunk)
        ids, positions, branches, targets = list(trunk), list(range(len(trunk))), [0] * len(trunk), [IGNORE] * len(trunk)
        end = questions.prompt_end()
        for number, branch in enumerate(tree.branches[:most], 1):
            question = self.tokenizer.encode(branch.question + end)
            answer = self.tokenizer.encode(branch.answer + "<|im_end|>")
            count = len(question) + len(answer) - 1  # the last token of an answer predicts nothing
            if len(ids) + count > room:
                continue
            ids += question + answer[:-1]
            positions += range(len(trunk), len(trunk) + count)
            branches += [number] * count
            targets += [IGNORE] * (len(question) - 1) + answer
        return (ids, positions, branches, targets) if len(ids) > len(trunk) else None

    def sequence(self, random_, stage):
        """One packed sequence: ids, positions, trees, branches and targets, each of the stage's length."""
        rows = [[], [], [], [], []]
        number, misses = 0, 0
        while misses < 3 and len(rows[0]) < stage.length - 96:
            encoded = self.encode(self.tree(random_, stage), stage.length - len(rows[0]), stage.branches)
            if encoded is None:
                misses += 1
                continue
            ids, positions, branches, targets = encoded
            number += 1
            for row, values in zip(rows, (ids, positions, [number] * len(ids), branches, targets), strict=True):
                row.extend(values)
        pad = stage.length - len(rows[0])
        for row, value in zip(rows, (0, 0, 0, 0, IGNORE), strict=True):
            row.extend([value] * pad)
        return rows

    def batch(self, seed, stage, index, size):
        random_ = random.Random(f"{self.split}/{seed}/{stage.length}/{index}")
        return [self.sequence(random_, stage) for _ in range(size)]


def load(config_folder):
    """The packer of the product's tokenizer and prompts."""
    return Packer(bpe.Tokenizer(f"{config_folder}/tokenizer.json"), questions.Prompts())
