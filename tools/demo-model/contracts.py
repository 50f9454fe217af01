"""Draws contracts of the demo domain, with their ground truth.

A contract is a pure function of (split, seed). Names are built from syllables that the two splits do not share in the same
combination: a stem's checksum says which split may use it, so that no name of the evaluation was ever seen in training.
"""

import random
import re
import zlib
from dataclasses import dataclass

import values
from clauses import BY_NAME, CLAUSES, LANGUAGES
from values import Day, Span, Sum, Word

SPLITS = ("train", "heldout")

_ONSETS = "b br c cal ch cor d dor dr el f fal fen fl g gal gr h hal il j k kel kr l lan lor m mar mer mor n nor or p pel pr qu r ran ros s sel sol st t tal tor tr ul v val ver vel w wen z zan".split()
_MIDDLES = "a ae al an ar e el em en er i ia il in ir is o ol on or u ul un ur ya".split()
_ENDS = "bar bec ben bis call cor dal dan den dor fex gan gen geth kan lan len lin lis mac mar men mex mont nal ner nex nor nova phy quist ran rell ric rim ros san sen son tal tec tel ter thal ton tra tria va vane vec ven vera via vin vor wick xa zen zor".split()
_TRADES = ("Logistics", "Foods", "Textiles", "Energy", "Systems", "Instruments", "Chemicals", "Paper", "Glass", "Motors", "Media", "Packaging",
           "Analytics", "Timber", "Optics", "Marine", "Plastics", "Ceramics", "Software", "Tools")
_INITIALS = "A. B. C. D. E. F. G. H. I. J. K. L. M. N. O. P. R. S. T. V. W.".split()

FACTS = ("effective_date", "term", "notice_period", "governing_law", "payment_amount", "liability_cap")


@dataclass(frozen=True)
class Paragraph:
    """One block of a contract: its English text, its translations, and the fact it states."""
    clause: str
    heading: bool
    text: str
    translations: dict
    fact: str | None = None


@dataclass(frozen=True)
class Contract:
    kind: str
    title: str
    paragraphs: tuple
    parties: tuple  # full names, in the order of the preamble
    facts: dict     # name of the fact -> value as it stands in the text
    values: dict    # everything that was drawn for the contract as a whole
    names: frozenset  # every made-up word

    @property
    def text(self):
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs) + "\n"

    @property
    def markdown(self):
        """Whether headings carry Markdown's marks."""
        return any(paragraph.text.startswith("#") for paragraph in self.paragraphs)

    def quote(self, fact):
        """The sentence that states a fact."""
        return next(paragraph.text for paragraph in self.paragraphs if paragraph.fact == fact)


class _Names:
    def __init__(self, random_, split):
        self._random, self._split, self.taken = random_, split, set()

    def stem(self):
        while True:
            parts = [self._random.choice(_ONSETS), self._random.choice(_MIDDLES)]
            if self._random.random() < 0.3:
                parts.append(self._random.choice("lmnrstv") + self._random.choice("aeiou"))
            parts.append(self._random.choice(_ENDS))
            stem = "".join(parts).capitalize()
            held_out = zlib.crc32(stem.encode()) % 5 == 0
            if stem not in self.taken and held_out == (self._split == "heldout"):
                self.taken.add(stem)
                return stem

    def company(self):
        """Short and full name."""
        stem = self.stem()
        form = self._random.choice(values.LEGAL_FORMS)
        style = self._random.random()
        if style < 0.4:
            return stem, f"{stem} {form}"
        trade = self._random.choice(_TRADES)
        return stem, f"{stem} {trade} {form}"

    def person(self):
        return f"{self._random.choice(_INITIALS)} {self.stem()}"


def _days_in(month):
    return 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


class _Draw:
    def __init__(self, random_, split):
        self.random, self.names = random_, _Names(random_, split)
        self._sums = set()

    def day(self, first=2018, last=2032):
        month = self.random.randint(1, 12)
        return Day(self.random.randint(first, last), month, self.random.randint(1, _days_in(month)))

    def span(self, *units, least=1):
        unit = self.random.choice(units)
        counts = {"hour": (12, 24, 36, 48, 72, 96), "day": (5, 7, 10, 14, 15, 20, 21, 28, 30, 40, 45, 60, 75, 90, 100, 120, 150, 180),
                 "week": (1, 2, 3, 4, 5, 6, 8, 10, 12, 16), "month": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 24, 30, 36, 42, 48, 60),
                 "year": (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15)}[unit]
        return Span(self.random.choice([count for count in counts if count >= least]), unit)

    def sum(self, currency, low=2, high=7):
        while True:
            amount = self.random.randint(1, 99 if self.random.random() < 0.6 else 999) * 10 ** self.random.randint(low, high - 2)
            if self.random.random() < 0.3:
                amount += self.random.randint(1, 19) * 50
            if 200 <= amount <= 90_000_000 and amount not in self._sums:
                self._sums.add(amount)
                return Sum(currency, amount)

    def word(self, table):
        english = self.random.choice(sorted(table))
        return Word(english, table[english])


_DATIVE = ("von", "innerhalb", "nach", "als")
_VOWELS = "AEIOU"


def _fill(template, slots, tongue):
    """Writes the slots into a template, with the endings, elisions and contractions that their neighbours ask for."""
    def replace(match):
        value = slots[match[1]]
        before = template[:match.start()]
        if isinstance(value, Span):
            return value.text(tongue, dative=before.rstrip().rsplit(" ", 1)[-1] in _DATIVE)
        return value if isinstance(value, str) else value.text(tongue)

    text = re.sub(r"\{(\w+)\}", replace, template)
    if tongue == "fr":
        text = re.sub(rf"\b([Dd]|[Qq]u)e (?=[{_VOWELS}])(?!EUR )", r"\1'", text)
    elif tongue == "es":
        text = re.sub(r" y (?=I)", " e ", text)
    elif tongue == "it":
        text = re.sub(r"\b(il|del) (?=(?:8|11) [a-z]+ \d{4})", lambda match: "l'" if match[1] == "il" else "dell'", text)
    return text


_OWN = re.compile(r"\{(C|D|date|sum|span|gap|days|hours|person|city)(\d?)\}")


def _own_values(draw_, clause, currency):
    """Fresh values for the slots that belong to one clause alone."""
    kinds = {
        "C": lambda: draw_.names.company()[1], "D": lambda: draw_.names.company()[1], "date": draw_.day, "sum": lambda: draw_.sum(currency),
        "span": lambda: draw_.span("month", "year", "week"), "gap": lambda: draw_.span("week", "month", least=2),
        "days": lambda: draw_.span("day", "week"), "hours": lambda: draw_.span("hour"), "person": draw_.names.person, "city": draw_.names.stem,
    }
    return {match[1] + match[2]: kinds[match[1]]() for match in _OWN.finditer(clause.wordings[0])}


def draw(split, seed, clauses=None, complete=True):
    """The contract of a split and a seed.

    clauses: how many distracting clauses; None draws it. Above the number of kinds, kinds come again with other values.
    complete: all facts are stated; otherwise some contracts leave out one or two.
    """
    random_ = random.Random(f"{split}/{seed}")
    draw_ = _Draw(random_, split)
    kind = random_.choice(sorted(values.TITLES))
    titles = values.TITLES[kind]
    (a, long_a), (b, long_b) = draw_.names.company(), draw_.names.company()
    currency = random_.choice(values.CURRENCIES)
    slots = {
        "A": a, "B": b, "longA": long_a, "longB": long_b,
        "effective": draw_.day(), "term": draw_.span("month", "year"), "notice": draw_.span("day", "week", "month"),
        "law": draw_.word(values.LAWS), "amount": draw_.sum(currency), "period": draw_.word(values.PERIODS), "due": draw_.span("day", "week"),
        "cap": draw_.sum(currency, 4, 8), "subject": draw_.word(values.SUBJECTS[kind]),
        "person1": draw_.names.person(), "person2": draw_.names.person(),
    }
    city_a, city_b = draw_.names.stem(), draw_.names.stem()
    paragraphs = []

    def write(name, heading, english, others, own=None, fact=None, prefix="", prefixes=None):
        filled = {tongue: (prefixes or {}).get(tongue, prefix) + _fill(others[tongue], slots | (own(tongue) if own else {}), tongue) for tongue in LANGUAGES}
        paragraphs.append(Paragraph(name, heading, prefix + _fill(english, slots | (own("en") if own else {}), "en"), filled, fact))

    style = random_.randrange(3)
    mark = {0: lambda text: text, 1: str.upper, 2: lambda text: "# " + text}[style]
    write("title", True, mark(titles[0]), {tongue: mark(title) for tongue, title in zip(LANGUAGES, titles[1:], strict=True)})

    def parties(tongue):
        seat = values.SEAT[tongue]
        return {"title": titles[values.TONGUES.index(tongue)], "seatA": seat.format(city=city_a), "seatB": seat.format(city=city_b)}

    write("preamble", False, random_.choice(values.PREAMBLES), values.PREAMBLE, parties, "parties")

    about = next(clause for clause in CLAUSES if kind in clause.kinds)
    facts = [clause for clause in CLAUSES if clause.fact]
    if not complete and random_.random() < 0.3:
        facts = random_.sample(facts, len(facts) - random_.randint(1, 2))
    others = [clause for clause in CLAUSES if not clause.fact and not clause.kinds]
    count = random_.randint(2, len(others)) if clauses is None else clauses
    body = facts + [clause for _ in range(count // len(others)) for clause in others] + random_.sample(others, count % len(others))
    random_.shuffle(body)
    body.insert(random_.randint(0, min(2, len(body))), about)

    numbering = random_.randrange(4)
    words = dict(zip(LANGUAGES, ("Article", "Abschnitt", "Sección", "Sezione", "Secção"), strict=True))
    for number, clause in enumerate(body, 1):
        own_values = _own_values(draw_, clause, currency) if not clause.fact else {}
        own = lambda tongue: own_values
        prefix = {0: f"{number}. ", 1: f"Section {number}. ", 2: "## ", 3: f"{number}. "}[numbering]
        prefixes = {tongue: f"{words[tongue]} {number}. " for tongue in LANGUAGES} if numbering == 1 else None
        if numbering != 3:  # otherwise the clause runs on behind its number
            write(clause.name, True, clause.heading["en"], clause.heading, prefix=prefix, prefixes=prefixes)
            prefix = ""
        write(clause.name, False, random_.choice(clause.wordings), clause.translation, own, clause.fact, prefix)
    write("closing", False, random_.choice(values.CLOSINGS), values.CLOSING)

    stated = {paragraph.fact for paragraph in paragraphs}
    found = {fact: slots[slot].text("en") for fact, slot in zip(FACTS, ("effective", "term", "notice", "law", "amount", "cap"), strict=True) if fact in stated}
    return Contract(kind, titles[0], tuple(paragraphs), (long_a, long_b), found, slots, frozenset(draw_.names.taken))


if __name__ == "__main__":
    import sys
    contract = draw(sys.argv[1] if len(sys.argv) > 1 else "train", int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(contract.text)
    for tongue in LANGUAGES:
        print(f"--- {tongue}\n" + "\n".join(paragraph.translations[tongue] for paragraph in contract.paragraphs))
    print(contract.parties, contract.facts)
