"""Questions about generated contracts, worded by the product, with the answers that the model shall learn.

The product's own requests (`prompts.jsonl`, written by PromptDump) give every system message, question and schema; this module only knows
which answer is right. An answer obeys its schema's limits on items and lengths, as constrained decoding will.
"""

import datetime
import json
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

import contracts
from clauses import BY_NAME, LANGUAGES

SEPARATOR = "\n\n---\n"
PROMPTS = Path(__file__).parent / "prompts.jsonl"

# What the contract analysis calls the clauses of the generator, in the order of the product's questions.
CATEGORIES = {
    "effective-date": "Effective Date", "term": "Expiration Date", "law": "Governing Law", "notice": "Termination For Convenience",
    "assignment": "Anti-Assignment", "solicitation": "No-Solicit Of Employees", "audit": "Audit Rights", "warranty": "Warranty Duration",
    "insurance": "Insurance", "property": "Ip Ownership Assignment", "licence": "License Grant", "cap": "Cap On Liability",
}
TYPES = {"services": "services agreement", "consulting": "consulting agreement", "maintenance": "maintenance agreement", "supply": "supply agreement",
         "distribution": "distribution agreement", "licence": "software license"}
ROLES = {"services": ("provider", "customer"), "consulting": ("consultant", "client"), "maintenance": ("contractor", "customer"),
         "supply": ("supplier", "buyer"), "distribution": ("supplier", "distributor"), "licence": ("licensor", "licensee")}
READINGS = {"assignment": "Consent needed to assign", "property": "Work belongs to the customer once paid for", "licence": "Non-exclusive right of use",
            "solicitation": "No hiring of staff until {}", "audit": "Yearly audit on notice of {}", "warranty": "Defects put right for {}", "insurance": "At least {}"}
REASONS = {"effective-date": "Date is clear.", "term": "Length is clear.", "law": "Law is named.", "notice": "Both parties may leave.",
           "assignment": "Usual clause.", "solicitation": "Limits hiring.", "audit": "Usual right.", "warranty": "Limits claims.",
           "insurance": "Protects the customer.", "property": "Transfer on payment.", "licence": "Usual grant.", "cap": "Limits recovery."}
RISKS = {"cap": "medium", "solicitation": "medium", "warranty": "medium"}


@dataclass
class Branch:
    """A question that stands behind a trunk, and its answer."""
    kind: str
    question: str
    answer: str


@dataclass
class Tree:
    """A prompt's beginning that several questions share."""
    trunk: str
    branches: list = field(default_factory=list)


def _chat_trunk(system, user, today):
    return (f"<|im_start|>system\n## Metadata\n\nKnowledge Cutoff Date: June 2025\nToday Date: {today}\nReasoning Mode: /no_think\n\n"
            f"## Custom Instructions\n\n{system}\n\n<|im_start|>user\n{user}")


def prompt_end():
    """What stands between a question and its answer."""
    return "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n"


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def bare(text):
    """Text without a heading's marks and numbers."""
    return re.sub(r"^(?:#+ |\d+\. )+", "", text)


def body(paragraph):
    """A paragraph without its number."""
    return bare(paragraph.text)


class Prompts:
    """The product's requests for one specimen, sorted by what they ask."""

    def __init__(self, path=PROMPTS):
        self.contract, self.summary, self.translate_system, self.terms_question = [], None, {}, {}
        self.analyst = None
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            request = json.loads(line)
            system, user = (message["content"] for message in request["messages"])
            if request["task"] == "translate":
                tongue = request["options"]["target"]
                self.translate_system[tongue] = system
                if request["schema"]:
                    self.terms_question[tongue] = user.split("\n", 1)[0] + "\n"
                continue
            self.analyst = system
            question = user.rsplit(SEPARATOR, 1)[1]
            if request["task"] == "summarize":
                self.summary = (question, request["schema"])
            else:
                self.contract.append((question, request["schema"]))

    def document(self, name, blocks, today):
        """The trunk that all questions about a document share."""
        lines = "".join(f"[{number}] {text}\n" for number, text in enumerate(blocks, 1))
        return _chat_trunk(self.analyst, f"Document: {name}\n\n{lines}{SEPARATOR}", today)

    def translation(self, tongue, today):
        return _chat_trunk(self.translate_system[tongue], "", today)


def block_texts(contract):
    """Paragraphs as the product's readers give them, marks and numbers included."""
    return [paragraph.text for paragraph in contract.paragraphs]


def _limits(schema, *path):
    for name in path:
        schema = schema["items"] if name == "[]" else schema["properties"][name]
    return schema.get("maxItems", schema.get("maxLength"))


def _cut(text, limit):
    return text[:limit].rstrip() if limit and len(text) > limit else text


def _find(contract, name):
    return next((paragraph for paragraph in contract.paragraphs if paragraph.clause == name and not paragraph.heading), None)


def _slot(paragraph, pattern):
    return re.search(pattern, body(paragraph))[0]


_SPAN = r"\d+ (?:hours?|days?|weeks?|months?|years?)"
_SUM = r"(?:EUR|GBP|USD|CHF) [\d,]+"


def facts_answer(contract, schema):
    roles = ROLES[contract.kind]
    sums = [(contract.facts[fact], purpose) for fact, purpose in (("payment_amount", "fee"), ("liability_cap", "liability cap")) if fact in contract.facts]
    for name, purpose in (("insurance", "insurance"), ("deposit", "deposit"), ("late", "late payment"), ("expenses", "travel costs")):
        if paragraph := _find(contract, name):
            sums.append((_slot(paragraph, _SUM), purpose))
    return {
        "documentType": TYPES[contract.kind],
        "title": body(contract.paragraphs[0]),
        "parties": [{"name": name, "role": role} for name, role in zip(contract.parties, roles, strict=True)][:_limits(schema, "parties")],
        "amounts": [{"quote": amount, "purpose": purpose} for amount, purpose in sums][:_limits(schema, "amounts")],
    }


def obligations_answer(contract, schema):
    a, b = contract.values["A"], contract.values["B"]
    subject = contract.values["subject"].text("en")
    about = next(paragraph for paragraph in contract.paragraphs if paragraph.clause in ("services", "supply", "licence") and not paragraph.heading)
    duties = [(a, {"services": "Provide ", "supply": "Deliver ", "licence": "License "}[about.clause] + subject, about)]
    for name, party, duty in (("payment", b, "Pay {sum}"), ("insurance", a, "Insure for {sum}"), ("deposit", b, "Deposit {sum}"), ("data", a, "Report data loss within {span}")):
        if paragraph := _find(contract, name):
            text = body(paragraph)
            sums, spans = re.search(_SUM, text), re.search(_SPAN, text)
            duties.append((party, duty.format(sum=sums and sums[0], span=spans and spans[0]), paragraph))
    items = ("obligations", "[]")
    return {"obligations": [
        {"party": party, "duty": _cut(duty, _limits(schema, *items, "duty")), "quote": _cut(body(paragraph), _limits(schema, *items, "quote"))}
        for party, duty, paragraph in duties[:_limits(schema, "obligations")]]}


def _reading(contract, name, paragraph):
    fact = BY_NAME[name].fact
    if fact:
        return contract.facts[fact]
    value = re.search(_SUM if name == "insurance" else _SPAN, body(paragraph))
    return READINGS[name].format(value and value[0])


def clauses_answer(contract, schema):
    allowed = schema["properties"]["clauses"]["items"]["properties"]["category"]["enum"]
    names = {category: name for name, category in CATEGORIES.items()}
    items = ("clauses", "[]")
    found = []
    for category in allowed:
        if category in names and (paragraph := _find(contract, names[category])):
            name = names[category]
            found.append({
                "category": category,
                "quote": _cut(body(paragraph), _limits(schema, *items, "quote")),
                "reading": _cut(_reading(contract, name, paragraph), _limits(schema, *items, "reading")),
                "risk": RISKS.get(name, "low"),
                "reason": _cut(REASONS[name], _limits(schema, *items, "reason"))})
    return {"clauses": found[:_limits(schema, "clauses")]}


def summary_answer(contract, schema):
    """Three to five sentences: who and what, when and how long, by which law; then money, notice and liability as points."""
    facts, (long_a, long_b) = contract.facts, contract.parties
    title = contract.title
    number = {id(paragraph): index for index, paragraph in enumerate(contract.paragraphs, 1)}
    where = lambda fact: number[id(next(paragraph for paragraph in contract.paragraphs if paragraph.fact == fact))]
    overview = [f"{title} between {long_a} and {long_b}."]
    second = " and ".join(part for part in (f"takes effect on {facts['effective_date']}" if "effective_date" in facts else "",
                                            f"runs for {facts['term']}" if "term" in facts else "") if part)
    if second:
        overview.append(f"It {second}.")
    if "governing_law" in facts:
        overview.append(f"The laws of {facts['governing_law']} apply.")
    points = [(f"{contract.values['B']} pays {contract.values['A']} {facts['payment_amount']} {contract.values['period'].text('en')}.", "payment_amount")] \
        if "payment_amount" in facts else []
    if "notice_period" in facts:
        points.append((f"Either party may end it by notice of {facts['notice_period']}.", "notice_period"))
    if "liability_cap" in facts:
        points.append((f"Liability is limited to {facts['liability_cap']}.", "liability_cap"))
    most = _limits(schema, "points")
    answer = {"headline": _cut(f"{title}: {contract.values['A']} and {contract.values['B']}", _limits(schema, "headline"))}
    if "overview" in schema["properties"]:
        answer["overview"] = _cut(" ".join(overview), _limits(schema, "overview"))
    answer["points"] = [{"text": text, "from": [where(fact)]} for text, fact in points[:most]] or [{"text": overview[0], "from": [2]}]
    return answer


def _name(random_, contract):
    slug = contract.title.lower().replace(" ", "-")
    stem = random_.choice((slug, f"{slug}-{random_.randint(1, 9999)}", f"contract-{random_.randint(1, 99999)}", f"{random_.randint(2015, 2030)}-{slug}",
                           contract.values["A"].lower() + "-" + contract.values["B"].lower(), "agreement", "document"))
    folder = random_.choice(("", "", "", "contract-analysis/", "summarize/", "contracts/", "in/"))
    return folder + stem + (".md" if contract.markdown else random_.choice((".md", ".txt")))


def _today(random_):
    day = datetime.date(2025, 1, 1) + datetime.timedelta(days=random_.randrange(2500))
    return day.strftime("%d %B %Y")


def document_tree(prompts, contract, random_, name=None, today=None):
    """All questions of a contract analysis and of a summary about one contract."""
    tree = Tree(prompts.document(name or _name(random_, contract), block_texts(contract), today or _today(random_)))
    for question, schema in prompts.contract:
        fields = schema["properties"]
        if "documentType" in fields:
            kind, answer = "facts", facts_answer(contract, schema)
        elif "obligations" in fields:
            kind, answer = "obligations", obligations_answer(contract, schema)
        else:
            kind, answer = "clauses", clauses_answer(contract, schema)
        tree.branches.append(Branch(kind, question, compact(answer)))
    question, schema = prompts.summary
    tree.branches.append(Branch("summary", question, compact(summary_answer(contract, schema))))
    return tree


def drill_tree(contract, random_):
    """Paragraphs to be given back by their numbers."""
    chosen = random_.sample(contract.paragraphs, min(len(contract.paragraphs), random_.randint(2, 4)))
    lines = "".join(f"[{number}] {paragraph.text}\n" for number, paragraph in enumerate(chosen, 1))
    tree = Tree(f"<|im_start|>user\n{lines}{SEPARATOR}")
    tree.branches = [Branch("drill", f"[{number}]", paragraph.text) for number, paragraph in enumerate(chosen, 1)]
    return tree


def noise_tree(words, random_):
    """Lines of random words to be given back by their numbers: nothing but the line itself tells what comes next."""
    lines = ["".join(random_.choices(words, k=random_.randint(4, 24))).strip() for _ in range(random_.randint(2, 6))]
    tree = Tree("<|im_start|>user\n" + "".join(f"[{number}] {line}\n" for number, line in enumerate(lines, 1)) + SEPARATOR)
    tree.branches = [Branch("noise", f"[{number}]", line) for number, line in enumerate(lines, 1)]
    return tree


def translation_tree(prompts, contract, tongue, random_, most=12, today=None):
    """Some paragraphs of a contract, and its defined terms, into one language."""
    a, b = contract.values["A"], contract.values["B"]
    tree = Tree(prompts.translation(tongue, today or _today(random_)))
    question = prompts.terms_question[tongue] + "".join(f"{number}. {term}\n" for number, term in enumerate((a, b), 1))
    tree.branches.append(Branch("terms", question, compact({"terms": [a, b]})))
    paragraphs = list(contract.paragraphs)
    random_.shuffle(paragraphs)
    for paragraph in paragraphs[:most]:
        text, target = body(paragraph), bare(paragraph.translations[tongue])
        terms = "; ".join(f"{name} = {name}" for name in (a, b) if re.search(rf"\b{name}\b", text))
        question = (f"Terms: {terms}\n\n" if terms else "") + f"Translate into {LANGUAGES[tongue]}:\n{text}"
        tree.branches.append(Branch("translate", question, target))
    return tree
