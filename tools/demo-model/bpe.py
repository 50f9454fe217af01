"""Byte-level BPE in the shape of SmolLM3's tokenizer.json: the trainer, the file, and an encoder that agrees with the product's.

Ranks are ids: a token's id is the step at which it was learned, and whenever a pair of neighbours spells a known token,
the pair with the smallest id is joined first. The file lists every split of every token, as the Llama-3 conversion does,
so that readers of `merges` and readers of ranks see the same tokenizer.
"""

import heapq
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict

SPLIT_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# SmolLM3's names, in the order in which the hub's file numbers them. False: text that decoding never skips.
SPECIAL_TOKENS = [
    ("<|begin_of_text|>", True),
    ("<|end_of_text|>", True),
    ("<think>", False),
    ("</think>", False),
    ("<|finetune_right_pad_id|>", True),
    ("<|reserved_special_token_2|>", True),
    ("<|start_header_id|>", True),
    ("<|end_header_id|>", True),
    ("<|eom_id|>", True),
    ("<|eot_id|>", True),
    ("<|python_tag|>", True),
    ("<|im_start|>", True),
    ("<|im_end|>", True),
    ("<tool_response>", False),
    ("</tool_response>", False),
    ("<tool_call>", False),
    ("</tool_call>", False),
    ("<code>", False),
    ("</code>", False),
]


def _category_class(letter):
    """The body of a regular-expression class that holds every code point of a general category (re has no \\p)."""
    ranges, start = [], None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and unicodedata.category(chr(code)).startswith(letter)
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(ranges)


_L, _N = _category_class("L"), _category_class("N")
_SPLIT = re.compile(SPLIT_PATTERN.replace(r"\p{L}+", f"[{_L}]+").replace(r"\p{N}{", f"[{_N}]{{")
                    .replace(r"\p{L}", _L).replace(r"\p{N}", _N))


def split(text):
    """Cuts text into the pieces that no token crosses."""
    return _SPLIT.findall(text)


def byte_characters():
    """GPT-2's printable stand-in for each byte."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(256 + len(table) - len(printable))
    return table


def train(texts, merges):
    """Learns `merges` tokens on top of the 256 bytes. Deterministic: ties go to the smaller pair."""
    to_character = byte_characters()
    characters = sorted(to_character.values())
    from_character = {character: byte for byte, character in to_character.items()}
    tokens = [bytes([from_character[character]]) for character in characters]
    id_of = {token: index for index, token in enumerate(tokens)}

    counts = Counter()
    for text in texts:
        counts.update(split(text))
    pieces = sorted(counts)
    words = [[id_of[bytes([byte])] for byte in piece.encode()] for piece in pieces]
    weights = [counts[piece] for piece in pieces]

    pairs, places = Counter(), defaultdict(set)
    for index, word in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += weights[index]
            places[pair].add(index)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)

    while len(tokens) < 256 + merges and heap:
        negative, pair = heapq.heappop(heap)
        if pairs.get(pair, 0) != -negative:
            if pairs.get(pair, 0) > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            continue
        spelled = tokens[pair[0]] + tokens[pair[1]]
        new = len(tokens)
        tokens.append(spelled)
        id_of[spelled] = new
        splits = {(id_of[spelled[:cut]], id_of[spelled[cut:]]) for cut in range(1, len(spelled))
                  if spelled[:cut] in id_of and spelled[cut:] in id_of}
        touched = Counter()
        for index in sorted(set().union(*(places.get(each, set()) for each in splits))):
            old = words[index]
            merged, at = [], 0
            while at < len(old):
                if at + 1 < len(old) and (old[at], old[at + 1]) in splits:
                    merged.append(new)
                    at += 2
                else:
                    merged.append(old[at])
                    at += 1
            for each in zip(old, old[1:]):
                touched[each] -= weights[index]
            for each in zip(merged, merged[1:]):
                touched[each] += weights[index]
                places[each].add(index)
            words[index] = merged
        for each, change in touched.items():
            if change:
                pairs[each] += change
                if pairs[each] > 0:
                    heapq.heappush(heap, (-pairs[each], each))
        for each in splits:
            pairs.pop(each, None)
            places.pop(each, None)
    return tokens


def to_json(tokens):
    """The tokenizer.json of the hub for learned tokens, special tokens last."""
    table = byte_characters()
    spell = lambda token: "".join(table[byte] for byte in token)
    id_of = {token: index for index, token in enumerate(tokens)}
    merges = []
    for token in tokens[256:]:
        splits = [(token[:cut], token[cut:]) for cut in range(1, len(token))]
        splits = [(left, right) for left, right in splits
                  if id_of.get(left, id_of[token]) < id_of[token] and id_of.get(right, id_of[token]) < id_of[token]]
        splits.sort(key=lambda each: (id_of[each[0]], id_of[each[1]]))
        merges.extend([spell(left), spell(right)] for left, right in splits)
    added = [{"id": len(tokens) + index, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": special} for index, (content, special) in enumerate(SPECIAL_TOKENS)]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": SPLIT_PATTERN}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": True,
            "vocab": {spell(token): index for index, token in enumerate(tokens)},
            "merges": merges,
        },
    }


class Tokenizer:
    """Encodes and decodes as the product does."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        from_character = {character: byte for byte, character in byte_characters().items()}
        self.ranks = {bytes(from_character[c] for c in text): index for text, index in content["model"]["vocab"].items()}
        self.special = {each["content"]: each["id"] for each in content["added_tokens"]}
        self.bytes_of = {index: token for token, index in self.ranks.items()}
        self.bytes_of.update({index: text.encode() for text, index in self.special.items()})
        self.size = max(self.bytes_of) + 1
        self._special_split = re.compile("(" + "|".join(map(re.escape, sorted(self.special, key=len, reverse=True))) + ")")
        self._cache = {}

    def plain_texts(self):
        """The text of every token that is no special one and no part of a character."""
        for index, raw in self.bytes_of.items():
            if index not in self.special.values():
                try:
                    yield raw.decode()
                except UnicodeDecodeError:
                    pass

    def encode(self, text):
        """Token ids of text; special tokens that stand in it count as such."""
        ids = []
        for part in self._special_split.split(text):
            if part in self.special:
                ids.append(self.special[part])
            else:
                for piece in split(part):
                    ids.extend(self._encode_piece(piece))
        return ids

    def _encode_piece(self, piece):
        known = self._cache.get(piece)
        if known is None:
            raw = piece.encode()
            known = [self.ranks[raw]] if raw in self.ranks else self._merge(raw)
            if len(self._cache) < 200_000:
                self._cache[piece] = known
        return known

    def _merge(self, raw):
        parts = [raw[at:at + 1] for at in range(len(raw))]
        while len(parts) > 1:
            best = min(range(len(parts) - 1), key=lambda at: self.ranks.get(parts[at] + parts[at + 1], self.size))
            if parts[best] + parts[best + 1] not in self.ranks:
                break
            parts[best:best + 2] = [parts[best] + parts[best + 1]]
        return [self.ranks[part] for part in parts]

    def decode(self, ids):
        """The text of ids."""
        return b"".join(self.bytes_of[each] for each in ids).decode("utf-8", errors="replace")
