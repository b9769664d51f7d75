"""Which question to ask, if any: the one whose answer is expected to tell the most.

Expected information gain over the facets of the current candidates: the mutual information of the
answer and the wanted item. An answer that is known in advance tells nothing, one that splits evenly
tells most, and where an item fits several of the answers, which of them is given tells less.
"""

import math
import re
from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chatbot.conversation import Conversation, Option, Question
from chatbot.profile import SPECIAL
from chatbot.settings import DialogueSettings
from chatbot.voice import ENGLISH, Voice
from chatbot.words import pattern
from retrieval.constraints import Columns, Op
from retrieval.item import WARNING_FACETS, Schema
from retrieval.measures import measure_of, words_of
from retrieval.text import fold

RELAX = "relax"
"""The facet of a question that offers to give way; it is none of the catalogue's."""
_ASKED = {
    "genres": "genres",
    "tags": "tags",
    "countries": "countries",
    "categories": "category",
    "category": "category",
}
_ASKED_NUMBERS = ("year", "minutes", "money", "pages", "players")
"""What a visitor has an opinion on, of what numbers measure; "stock" is none. What asks for them is a
text of ours."""
_CARES = {
    "countries": 0.5, "country": 0.5, "tags": 0.8, "year": 0.7, "minutes": 0.7,
}  # fmt: skip
"""Of ten visitors, how many have an opinion on a facet (our estimate; 1 where it is not given). The
others' answer would tell nothing."""
NOT_ASKED = frozenset(
    ["shipping", "delivery", "warranty", "return", "returns", "policy", "status", "availability",
     "license", "licence", "state", "condition", "source", "collections"]
)  # fmt: skip
"""Words of fields that tell items apart and that nobody opens a conversation with."""
LEAST_SHARE = 0.03  # of what is believed; an answer that fits less is not offered
MOST_SHARE = 0.9
LEAST_COVERED = 0.67  # by all answers together; "none of these" must not be the usual one
MOST_IN_A_ROW = 2  # turns with a question, whether a list came with it or not


def may_ask(before: Conversation, now: Collection[str], settings: DialogueSettings) -> bool:
    """Whether a question is welcome: never again once a visitor would rather just be shown (until they
    start over), not right behind an answer that it does not matter, and at most two turns in a row.
    `now` are the acts of this turn."""
    since = max((n for n, t in enumerate(before.turns) if "restart" in t.acts), default=0)
    rather = [n for n, t in enumerate(before.turns) if n >= since and "no-preference" in t.acts]
    if "no-preference" in now or not all(_only_of_that(before, n) for n in rather):
        return False
    row = 0
    for turn in reversed(before.turns):
        if turn.question is None or turn.question.facet == RELAX:
            break
        row += 1
    if settings.policy == "ask":
        return True
    limit = 0 if settings.policy == "recommend" else settings.questions_in_a_row
    return row < min(limit, MOST_IN_A_ROW)


def _only_of_that(conversation: Conversation, n: int) -> bool:
    """Whether turn `n` only says that it does not matter what was asked: "I don't mind"."""
    turn, asked = conversation.turns[n], conversation.turns[n - 1].question if n else None
    indifferent = pattern("talk", "question.indifferent", turn.language)
    return asked is not None and bool(indifferent.search(turn.utterance))


def settled(conversation: Conversation) -> set[str]:
    """Facets that need no question: asked about before, or spoken of by the visitor."""
    profile = conversation.profile
    said = {w.facet for w in profile.wants if w.facet not in SPECIAL}
    return {*conversation.asked, *said, *(limit.facet for limit in profile.limits)}


def best_question(
    left: NDArray[np.bool_],
    belief: NDArray[np.float64],
    columns: Columns,
    schema: Schema,
    settled: Collection[str],
    settings: DialogueSettings,
    voice: Voice = ENGLISH,
) -> Question | None:
    """The question over a facet not settled yet that tells most, or None if none tells enough.

    `left` is a mask over rows: what could still be shown, which the options count. `belief` is how
    probable each row is to be what is wanted, shape `(items,)`, summing to 1 over rows of `left`.
    """
    facets = [f for f in schema.named("facet") if f not in settled and _is_a_matter_of_taste(f)]
    found = [_question(facet, left, belief, columns, settings, voice) for facet in facets]
    numbers = [n for n in schema.numbers if n not in settled and _measured(n) in _ASKED_NUMBERS]
    found += [_number_question(name, left, belief, columns, voice) for name in numbers]
    worth = [q for q in found if q and q.expected_bits >= settings.least_bits]
    return max(worth, key=lambda q: q.expected_bits, default=None)


def _is_a_matter_of_taste(facet: str) -> bool:
    """Whether a visitor chooses by a field: by a colour rather than by how a parcel is sent."""
    return facet not in WARNING_FACETS and not set(words_of(facet)) & NOT_ASKED


def _question(
    facet: str,
    left: NDArray[np.bool_],
    belief: NDArray[np.float64],
    columns: Columns,
    settings: DialogueSettings,
    voice: Voice,
) -> Question | None:
    shares = columns.shares(facet, belief)
    usual = [(v, s) for v, s in shares.items() if LEAST_SHARE <= s <= MOST_SHARE and fold(v)]
    best = sorted(usual, key=lambda found: (-round(found[1], 12), found[0]))[: settings.options]
    carrying = [(v, columns.carrying(facet, v)) for v, _ in best]
    offered = [(v, rows[left[rows]]) for v, rows in carrying]
    if len(offered) < 2:
        return None
    covered = np.zeros(len(left), dtype=np.bool_)
    for _, rows in offered:
        covered[rows] = True
    if belief[covered].sum() < LEAST_COVERED:
        return None
    text = voice.phrase(f"ask.{_ASKED.get(facet, 'other')}", field=voice.field(facet))
    options = tuple(Option(v, len(rows)) for v, rows in offered)
    bits = _CARES.get(fold(facet), 1.0) * information([rows for _, rows in offered], belief)
    return Question(facet, text, options, round(bits, 3))


def information(answers: Sequence[NDArray[np.intp]], belief: NDArray[np.float64]) -> float:
    """Mutual information (bits) of the answer and the wanted item; "none of these" is an answer too.

    Of several answers that fit the wanted item, each is given equally often.
    """
    believed = [rows[belief[rows] > 0] for rows in answers]
    fitting = np.zeros(len(belief), dtype=np.int32)
    for rows in believed:
        fitting[rows] += 1
    shares = [float((belief[rows] / fitting[rows]).sum()) for rows in believed]
    shares.append(max(1 - sum(shares), 0.0))
    answer = -sum(p * math.log2(p) for p in shares if p > 0)
    several = np.flatnonzero(fitting > 1)
    return answer - float((belief[several] * np.log2(fitting[several])).sum())


def _number_question(
    name: str,
    left: NDArray[np.bool_],
    belief: NDArray[np.float64],
    columns: Columns,
    voice: Voice,
) -> Question | None:
    """A question over readable ranges that split what is believed in three, or in two."""
    numbers = columns.number(name)
    known = np.flatnonzero(left & np.isfinite(numbers) & (belief > 0))
    if len(known) < 2:
        return None
    order = known[np.argsort(numbers[known], kind="stable")]
    heaped = np.cumsum(belief[order]) / belief[order].sum()
    for parts in (3, 2):
        at = [numbers[order[np.searchsorted(heaped, n / parts)]] for n in range(1, parts)]
        cuts = sorted({_readable(name, float(v)) for v in at})
        texts = ranges(name, cuts, voice)
        rows = [_rows_within(limits_of(t, voice), numbers, left) for t in texts]
        shares = [float(belief[r].sum()) for r in rows]
        if len(cuts) == parts - 1 and all(LEAST_SHARE <= s <= MOST_SHARE for s in shares):
            options = tuple(Option(t, len(r)) for t, r in zip(texts, rows, strict=True))
            bits = _CARES.get(_measured(name), 1.0) * information(rows, belief)
            text = voice.phrase(f"ask.{_measured(name)}")
            return Question(name, text, options, round(bits, 3))
    return None


def _measured(name: str) -> str:
    """What a field measures in units that visitors use; empty where that is not known."""
    measured = measure_of(name)
    return measured.kind if measured and measured.factor == 1 else ""


def _readable(name: str, value: float) -> int:
    if _measured(name) == "year":
        return round(value / 10) * 10
    step = 10 if abs(value) >= 40 else 5 if abs(value) >= 10 else 1
    step = 10 ** (math.floor(math.log10(abs(value))) - 1) if abs(value) >= 1000 else step
    return round(value / step) * step


def ranges(name: str, cuts: Sequence[int], voice: Voice = ENGLISH) -> list[str]:
    """The ranges that cut points make, in words: "before 1980", "1980 to 1999", "2000 or later"."""
    say, name = voice.phrase, _measured(name)
    if name == "year":
        between = [say("range.year.between", low=a, high=b - 1) for a, b in pairwise(cuts)]
        first = say("range.year.below", high=cuts[0])
        return [first, *between, say("range.year.above", low=cuts[-1])]
    unit = say(f"range.unit.{name}") if name in ("minutes", "pages", "players") else ""
    between = [say("range.number.between", low=a, high=b, unit=unit) for a, b in pairwise(cuts)]
    first = say("range.number.below", high=cuts[0], unit=unit)
    return [first, *between, say("range.number.above", low=cuts[-1], unit=unit)]


_READ: tuple[tuple[str, tuple[tuple[str, Op], ...]], ...] = (
    ("year.below", (("high", "<"),)),
    ("year.between", (("low", ">="), ("high", "<="))),
    ("year.above", (("low", ">="),)),
    ("number.below", (("high", "<"),)),
    ("number.between", (("low", ">="), ("high", "<="))),
    ("number.above", (("low", ">"),)),
)


def limits_of(text: str, voice: Voice = ENGLISH) -> list[tuple[Op, int]]:
    """The bounds that a range of `ranges` stands for, exactly; `over 20` is `> 20`, and so on."""
    for key, bounds in _READ:
        shape = re.escape(voice.phrase(f"range.{key}", low="LOW", high="HIGH", unit="UNIT"))
        for part, read in (
            ("LOW", r"(?P<low>-?\d+)"),
            ("HIGH", r"(?P<high>-?\d+)"),
            ("UNIT", r"\D*"),
        ):
            shape = shape.replace(part, read)
        if match := re.fullmatch(shape, text):
            return [(op, int(match[part])) for part, op in bounds]
    return []


def _rows_within(
    bounds: Sequence[tuple[Op, int]], numbers: NDArray[np.float64], left: NDArray[np.bool_]
) -> NDArray[np.intp]:
    kept = left.copy()
    for op, value in bounds:
        compare = {"<": np.less, "<=": np.less_equal, ">=": np.greater_equal, ">": np.greater}[op]
        kept &= compare(numbers, value)
    return np.flatnonzero(kept)
