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
    effective: Day
    subject: str
    values: dict
    names: frozenset  # every made-up word

    @property
    def text(self):
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs) + "\n"

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

    def span(self, *units):
        unit = self.random.choice(units)
        count = {"hour": (12, 24, 36, 48, 72, 96), "day": (5, 7, 10, 14, 15, 20, 21, 28, 30, 40, 45, 60, 75, 90, 100, 120, 150, 180),
                 "week": (1, 2, 3, 4, 5, 6, 8, 10, 12, 16), "month": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 24, 30, 36, 42, 48, 60),
                 "year": (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15)}[unit]
        return Span(self.random.choice(count), unit)

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


_DATIVE = ("von", "innerhalb", "nach")
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
        text = re.sub(rf"\b([Dd]|[Qq]u)e (?=[{_VOWELS}])", r"\1'", text)
    elif tongue == "es":
        text = re.sub(r" y (?=I)", " e ", text)
    elif tongue == "it":
        text = re.sub(r"\b(il|del) (?=(?:8|11) [a-z]+ \d{4})", lambda match: "l'" if match[1] == "il" else "dell'", text)
    return text


def draw(split, seed, clauses=None):
    """The contract of a split and a seed. `clauses`: how many distracting clauses; None draws it."""
    random_ = random.Random(f"{split}/{seed}")
    draw_ = _Draw(random_, split)
    kind = random_.choice(sorted(values.TITLES))
    titles = values.TITLES[kind]
    (a, long_a), (b, long_b) = draw_.names.company(), draw_.names.company()
    currency = random_.choice(values.CURRENCIES)
    city = lambda: draw_.names.stem()
    slots = {
        "A": a, "B": b, "C": draw_.names.company()[1], "D": draw_.names.company()[1], "longA": long_a, "longB": long_b,
        "effective": draw_.day(), "term": draw_.span("month", "year"), "notice": draw_.span("day", "week", "month"),
        "law": draw_.word(values.LAWS), "amount": draw_.sum(currency), "period": draw_.word(values.PERIODS), "due": draw_.span("day", "week"),
        "cap": draw_.sum(currency, 4, 8), "subject": draw_.word(values.SUBJECTS[kind]),
        "person1": draw_.names.person(), "person2": draw_.names.person(), "person3": draw_.names.person(), "city1": city(),
    }
    for index in range(1, 6):
        slots[f"date{index}"] = draw_.day()
        slots[f"sum{index}"] = draw_.sum(currency)
        slots[f"span{index}"] = draw_.span("month", "year", "week") if index != 4 else draw_.span("week", "month")
        slots[f"days{index}"] = draw_.span("day", "week")
        slots[f"hours{index}"] = draw_.span("hour")
    if slots["span4"].count == 1:
        slots["span4"] = Span(2, slots["span4"].unit)
    city_a, city_b = city(), city()

    def in_all(english, others, extra=lambda tongue: {}):
        text = _fill(english, slots | extra("en"), "en")
        return text, {tongue: _fill(others[tongue], slots | extra(tongue), tongue) for tongue in LANGUAGES}

    def preamble_extra(tongue):
        seat = values.SEAT[tongue]
        return {"title": titles[values.TONGUES.index(tongue)], "seatA": seat.format(city=city_a), "seatB": seat.format(city=city_b)}

    style = random_.randrange(3)
    title_text = {0: titles[0], 1: titles[0].upper(), 2: "# " + titles[0]}[style]
    mark = {0: lambda t: t, 1: str.upper, 2: lambda t: "# " + t}[style]
    paragraphs = [Paragraph("title", True, title_text, {tongue: mark(titles[values.TONGUES.index(tongue)]) for tongue in LANGUAGES})]
    text, others = in_all(random_.choice(values.PREAMBLES), values.PREAMBLE, preamble_extra)
    paragraphs.append(Paragraph("preamble", False, text, others, "parties"))

    about = next(clause for clause in CLAUSES if kind in clause.kinds)
    facts = [clause for clause in CLAUSES if clause.fact]
    distractors = [clause for clause in CLAUSES if not clause.fact and not clause.kinds]
    count = random_.randint(2, len(distractors)) if clauses is None else min(clauses, len(distractors))
    body = facts + random_.sample(distractors, count)
    random_.shuffle(body)
    body.insert(random_.randint(0, min(2, len(body))), about)

    numbering = random_.randrange(4)
    for number, clause in enumerate(body, 1):
        text, others = in_all(random_.choice(clause.wordings), clause.translation)
        prefix = {0: f"{number}. ", 1: f"Section {number}. ", 2: "## ", 3: f"{number}. "}[numbering]
        if numbering == 3:  # the clause runs on after its number, without a heading
            text, others = prefix + text, {tongue: prefix + other for tongue, other in others.items()}
        else:
            words = dict(zip(LANGUAGES, ("Article", "Abschnitt", "Sección", "Sezione", "Secção"), strict=True))
            heads = {tongue: (f"{words[tongue]} {number}. " if numbering == 1 else prefix) + clause.heading[tongue] for tongue in LANGUAGES}
            paragraphs.append(Paragraph(clause.name, True, prefix + clause.heading["en"], heads))
        paragraphs.append(Paragraph(clause.name, False, text, others, clause.fact))
    text, others = in_all(random_.choice(values.CLOSINGS), values.CLOSING)
    paragraphs.append(Paragraph("closing", False, text, others))

    facts_found = {
        "effective_date": slots["effective"].text("en"), "term": slots["term"].text("en"), "notice_period": slots["notice"].text("en"),
        "governing_law": slots["law"].text("en"), "payment_amount": slots["amount"].text("en"), "liability_cap": slots["cap"].text("en"),
    }
    return Contract(kind, titles[0], tuple(paragraphs), (long_a, long_b), facts_found, slots["effective"], slots["subject"].text("en"), slots,
                    frozenset(draw_.names.taken))


if __name__ == "__main__":
    import sys
    contract = draw(sys.argv[1] if len(sys.argv) > 1 else "train", int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(contract.text)
    for tongue in LANGUAGES:
        print(f"--- {tongue}\n" + "\n".join(paragraph.translations[tongue] for paragraph in contract.paragraphs))
    print(contract.parties, contract.facts)
