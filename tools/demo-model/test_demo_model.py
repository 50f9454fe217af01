"""Properties of the generator, the tokenizer, the packing and the model. `python3 -m unittest test_demo_model` (those with a model need PyTorch)."""

import json
import random
import unittest
from pathlib import Path

import bpe
import contracts
import dataset
import questions

HERE = Path(__file__).resolve().parent
ASSETS = HERE.parents[1] / "src/SmolLM3.Batch.Cli/DemoModel"
REFERENCE = HERE.parents[2] / "shared/reference"

try:
    import torch
    from model import Config, SmolLM3, attend, tree_mask
except ImportError:
    torch = None


class Generator(unittest.TestCase):
    def test_draw_is_a_function_of_split_and_seed(self):
        self.assertEqual(contracts.draw("train", 5).text, contracts.draw("train", 5).text)
        self.assertNotEqual(contracts.draw("train", 5).text, contracts.draw("heldout", 5).text)

    def test_splits_share_no_name(self):
        names = {split: set().union(*(contracts.draw(split, seed).names for seed in range(150))) for split in contracts.SPLITS}
        self.assertGreater(len(names["heldout"]), 1_000)
        self.assertFalse(names["train"] & names["heldout"])

    def test_facts_and_parties_stand_in_the_text_word_for_word(self):
        for seed in range(100):
            contract = contracts.draw("train", seed, complete=False)
            for name, value in contract.facts.items():
                self.assertIn(value, contract.quote(name))
            for party in contract.parties:
                self.assertIn(party, contract.text)

    def test_translations_keep_every_number(self):
        digits = lambda text: sorted("".join(c if c.isdigit() else " " for c in text).split())
        for seed in range(100):
            for paragraph in contracts.draw("train", seed).paragraphs:
                for tongue, text in paragraph.translations.items():
                    self.assertEqual(digits(paragraph.text), digits(text), (seed, tongue, text))


class Answers(unittest.TestCase):
    def test_quotes_are_verbatim_and_answers_obey_their_schemas(self):
        prompts = questions.Prompts()
        for seed in range(60):
            contract = contracts.draw("train", seed, complete=False)
            tree = questions.document_tree(prompts, contract, random.Random(seed))
            schemas = [schema for _, schema in prompts.contract] + [prompts.summary[1]]
            for branch, schema in zip(tree.branches, schemas, strict=True):
                self.check(json.loads(branch.answer), schema, contract.text)

    def check(self, value, schema, text, name=""):
        if schema["type"] == "object":
            self.assertEqual(list(value), list(schema["properties"]))
            for key, inner in value.items():
                self.check(inner, schema["properties"][key], text, key)
        elif schema["type"] == "array":
            self.assertLessEqual(len(value), schema["maxItems"])
            self.assertGreaterEqual(len(value), schema.get("minItems", 0))
            for inner in value:
                self.check(inner, schema["items"], text, name)
        elif schema["type"] == "string":
            self.assertLessEqual(len(value), schema.get("maxLength", len(value)))
            if "enum" in schema:
                self.assertIn(value, schema["enum"])
            if name == "quote":
                self.assertIn(value, text)


class Tokens(unittest.TestCase):
    def test_text_survives(self):
        tokenizer = bpe.Tokenizer(ASSETS / "tokenizer.json")
        self.assertEqual(tokenizer.size, 4000)
        for text in ("", "L'été, 12 500 €\n\n  „Straße“ ¿qué? 東京 \U0001F600", contracts.draw("train", 1).text):
            self.assertEqual(tokenizer.decode(tokenizer.encode(text)), text)

    def test_encode_agrees_with_the_reference(self):
        if not REFERENCE.exists():
            self.skipTest(f"{REFERENCE} is not here")
        tokenizer = bpe.Tokenizer(REFERENCE / "tokenizer/tokenizer.json")
        for case in json.loads((REFERENCE / "tokenizer/cases.json").read_text(encoding="utf-8"))["cases"]:
            self.assertEqual(tokenizer.encode(case["text"]), case["ids"], case["text"])


class Packing(unittest.TestCase):
    def test_targets_spell_the_answers(self):
        packer = dataset.load(ASSETS)
        rows = packer.batch(1, dataset.TOY[0], 0, 1)[0]
        self.assertEqual({len(row) for row in rows}, {dataset.TOY[0].length})
        ends = [at for at, target in enumerate(rows[4]) if target == packer.tokenizer.special["<|im_end|>"]]
        self.assertGreater(len(ends), 1)
        begin = next(at for at, target in enumerate(rows[4]) if target != dataset.IGNORE)
        json.loads(packer.tokenizer.decode(rows[4][begin:ends[0]]))

    @unittest.skipIf(torch is None, "needs PyTorch")
    def test_a_branch_is_computed_as_if_it_stood_alone(self):
        packer = dataset.load(ASSETS)
        torch.manual_seed(1)
        raw = json.loads((HERE / "toy-config.json").read_text(encoding="utf-8")) | {"hidden_size": 64, "intermediate_size": 96}
        fields = {name: raw[name] for name in Config.__dataclass_fields__}
        model = SmolLM3(Config(**fields | {"no_rope_layers": tuple(raw["no_rope_layers"])})).eval()
        ids, positions, trees, branches, targets = torch.tensor(packer.batch(1, dataset.TOY[0], 3, 1)).unbind(1)
        with torch.no_grad():
            packed = model.logits(model.hidden(ids, positions, tree_mask(trees, branches)))[0]
            for tree in range(1, int(trees.max()) + 1):
                for branch in range(1, int(branches[trees == tree].max()) + 1):
                    chosen = (trees[0] == tree) & ((branches[0] == 0) | (branches[0] == branch))
                    alone = ids[0][chosen][None]
                    order = torch.arange(alone.shape[1])
                    mask = (order[:, None] >= order[None, :])[None, None]
                    logits = model.logits(model.hidden(alone, order[None], mask))[0]
                    self.assertTrue(torch.allclose(logits, packed[chosen], atol=1e-4))


@unittest.skipIf(torch is None, "needs PyTorch")
class Model(unittest.TestCase):
    def test_greedy_agrees_with_the_reference(self):
        if not REFERENCE.exists():
            self.skipTest(f"{REFERENCE} is not here")
        import safetensors_file
        for folder in ("tiny", "tiny-yarn"):
            model = SmolLM3(Config.load(REFERENCE / folder / "config.json"))
            model.load_state_dict(safetensors_file.load(REFERENCE / "tiny/model.safetensors"))
            for case in json.loads((REFERENCE / folder / "cases.json").read_text(encoding="utf-8"))["cases"]:
                ids = case["input_ids"][0] if isinstance(case["input_ids"][0], list) else case["input_ids"]
                self.assertEqual(model.greedy(ids, len(case["greedy"]), ()), case["greedy"])


@unittest.skipIf(torch is None, "needs PyTorch")
class Learning(unittest.TestCase):
    def setUp(self):
        self.config = Config.load(HERE / "cpu-config.json")

    def test_the_kernel_for_trees_agrees_with_dense_attention_and_its_gradients(self):
        import tree_attention
        if not tree_attention.fits(self.config, 512):
            self.skipTest("there is no C compiler")
        rows = torch.tensor(dataset.load(ASSETS).batch(1, dataset.Stage(512, (0, 2), 1), 0, 2))
        trees, branches = rows[:, 2], rows[:, 3]
        torch.manual_seed(1)
        live = (trees != 0)[:, None, :, None]
        results = []
        for mask in (tree_mask(trees, branches), tree_attention.masking(trees, branches)):
            torch.manual_seed(1)
            q, k, v = (torch.randn(2, heads, 512, 32, requires_grad=True) for heads in (6, 2, 2))
            out = attend(q, k, v, mask) * live
            out.mul(torch.randn(out.shape)).sum().backward()
            results.append((out, q.grad * live, k.grad, v.grad))
        for dense, sparse in zip(*results, strict=True):
            self.assertTrue(torch.allclose(dense, sparse, atol=1e-4), (dense - sparse).abs().max())

    def test_a_model_that_starts_copying_copies(self):
        import copying_start
        import train
        torch.manual_seed(1)
        rows = torch.tensor(dataset.load(ASSETS).batch(1, dataset.Stage(512, (0, 1), 1, noise=1.0, branches=8), 0, 2), dtype=torch.int32)
        model = SmolLM3(self.config)
        right = [train.compute_loss(model, rows, "cpu", False, tree_mask)[1].item()]
        copying_start.apply(model)
        right.append(train.compute_loss(model, rows, "cpu", False, tree_mask)[1].item())
        self.assertLess(right[0], 0.05)
        self.assertGreater(right[1], 0.4)


if __name__ == "__main__":
    unittest.main()
