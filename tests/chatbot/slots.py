"""What an understanding says, as the short slots that utterances are labelled with, and how the two
compare. The labels were written by people who had not seen the code (tests/README.md)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatbot.conversation import Conversation, Turn
from chatbot.lexicon import Lexicon
from chatbot.profile import CONTEXT, SIMILAR
from chatbot.understand import Understanding, understand
from retrieval.text import HAN, clean, fold, simplified, singular

Slot = tuple[Any, ...]
OPPOSED = {"want": "+", "prefer": "+", "must": "+", "avoid": "-", "rather-not": "-"}
ABOUT_ITEMS = ("inquire-item", "compare", "request-explanation", "accept")


def conversation_of(row: dict[str, Any], lexicon: Lexicon) -> Conversation:
    """The conversation up to a labelled utterance: what was said earlier, and the list shown last."""
    ids = {item.title: id for id, item in reversed(lexicon.items.items())}
    conversation = Conversation("t", row["catalogue"])
    for said in row.get("earlier") or []:
        understanding = understand(clean(said, 2000), conversation, lexicon)
        acts = tuple(a.act for a in understanding.acts)
        conversation = conversation.changed(understanding.change)
        turn = Turn(said, "Here you are.", "recommend", acts, about=understanding.about)
        conversation = replace(conversation, turns=(*conversation.turns, turn))
    if row.get("shown"):
        shown = tuple(ids[title] for title in row["shown"])
        turn = Turn("", "Here you are.", "recommend", (), shown)
        conversation = replace(conversation, turns=(*conversation.turns, turn))
    return conversation


def slots_of(said: Understanding, lexicon: Lexicon) -> list[Slot]:
    """The slots of an understanding; entries that one phrase stands for are one slot."""
    change = said.change
    found: list[Slot] = []
    company = {w.phrase for w in change.wants if w.facet == CONTEXT}
    for sign, entries in (("+", change.wants), ("-", change.avoids)):
        for entry in entries:
            if entry.facet != CONTEXT and entry.phrase in company:
                continue  # what the company stands for
            words = entry.phrase or entry.quote
            if entry.facet == SIMILAR:
                found.append(("similar", lexicon.items[entry.value].title))
            elif entry.facet == CONTEXT:
                found.append(("context", words))
            elif entry.facet == "title":
                found.append(("exclude", entry.value))
            elif sign == "+":
                found.append(
                    ("prefer" if entry.strength <= 0.5 else "want", words, entry.facet, entry.value)
                )
            else:
                kind = "rather-not" if entry.strength <= 0.5 else "avoid"
                found.append((kind, words, entry.facet, entry.value))
    spans = {x.quote for x in change.limits if x.op == "!=" and not isinstance(x.value, str)}
    found += [("avoid", quote, "year", quote) for quote in spans]  # "no 80s movies"
    for limit in change.limits:
        if limit.op == "!=" and not isinstance(limit.value, str):
            continue
        if isinstance(limit.value, str):
            found.append(("must", limit.quote, limit.facet, limit.value))
        else:
            found.append(("limit", limit.facet, limit.op, float(limit.value)))
    for section in ("liked", "disliked", "seen"):
        found += [(section, lexicon.items[id].title) for id in getattr(change, section)]
    if any(a.act in ABOUT_ITEMS for a in said.acts):
        found += [("about", lexicon.items[id].title) for id in said.about]
    found += [("lift", a.quote) for a in said.acts if a.act == "revoke"]
    found += [
        ("except", lexicon.items[v].title if f == "id" else v)
        for f, v in dict.fromkeys(u for a in change.avoids for u in a.unless)
    ]
    if said.unclear:
        found.append(("unclear", said.unclear))
    return _grouped(found)


def _grouped(slots: Sequence[Slot]) -> list[Slot]:
    """Preferences of one phrase together: (kind, words, facets, values)."""
    groups: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    rest: list[Slot] = []
    for slot in slots:
        if slot[0] in OPPOSED:
            facets, values = groups.setdefault((slot[0], slot[1]), (set(), set()))
            facets.add(slot[2])
            values.add(slot[3])
        else:
            rest.append(slot)
    together = [(kind, words, facets, values) for (kind, words), (facets, values) in groups.items()]
    return [*together, *dict.fromkeys(rest)]


def _words(text: str) -> set[str]:
    folded = singular(fold(simplified(text)))
    if HAN.search(folded):
        return {c for c in folded.split() if c not in "的片电影书"}
    return set(folded.split()) - {"the", "a", "an", "film", "movie", "my", "it"}


def same_words(one: str, other: str) -> bool:
    """Whether two phrases are about the same words: at least half of all are in both."""
    a, b = _words(one), _words(other)
    return bool(a & b) and len(a & b) >= 0.5 * len(a | b)


def matches(gold: Slot, found: Slot, strict: bool = True) -> bool:
    """Whether a found slot is what a label says; without `strict` only polarity has to agree."""
    kind, other = gold[0], found[0]
    if kind in OPPOSED and other in OPPOSED:
        if (kind != other) if strict else (OPPOSED[kind] != OPPOSED[other]):
            return False
        named = same_words(gold[1], found[1]) or any(
            singular(fold(gold[1])) == singular(fold(v)) for v in found[3]
        )
        role = (
            len(gold) < 3
            or found[2] <= {gold[2], gold[2].rstrip("s")}
            or gold[2] not in ("directors", "cast", "authors")
        )
        return named and role
    if kind != other:
        return {kind, other} == {"exclude", "avoid"} and same_words(gold[1], found[1])
    if kind == "limit":
        return bool(gold[1:3] == found[1:3] and abs(float(gold[3]) - found[3]) < 1e-6)
    if kind in ("lift", "context", "unclear", "except"):
        return bool(_words(gold[1]) & _words(found[1]))
    return fold(gold[1]) == fold(found[1])


@dataclass
class Score:
    """Counts of what was right, made up and missed."""

    right: int = 0
    false: int = 0
    missed: int = 0

    def add(self, right: int, false: int, missed: int) -> None:
        """Count one utterance."""
        self.right += right
        self.false += false
        self.missed += missed

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.false + self.missed, 1)


def compare(
    gold: Sequence[Slot], optional: Sequence[Slot], found: Sequence[Slot], strict: bool = True
) -> tuple[int, list[Slot], list[Slot]]:
    """How many labels were found, what was made up, what was missed. Each side is used once."""
    left, missed = list(found), []
    right = 0
    for label in gold:
        hit = next((f for f in left if matches(tuple(label), f, strict)), None)
        if hit is None:
            missed.append(tuple(label))
        else:
            right += 1
            left.remove(hit)
    # What an optional label says counts neither way, and so does a label that it stands in for.
    spare = [f for f in left if any(may_be(tuple(o), f, strict) for o in optional)]
    left = [f for f in left if f not in spare]
    stood_in = [
        m
        for m in missed
        if any(same_slot(m, o) for o in optional if any(may_be(tuple(o), f, strict) for f in spare))
    ]
    missed = [m for m in missed if m not in stood_in]
    return right + len(stood_in), left, missed


def may_be(optional: Slot, found: Slot, strict: bool) -> bool:
    """Whether a found slot is what an optional label says; of a guessed limit ("cheap", "shorter")
    only the field and the side have to agree."""
    if optional[0] == "limit" and found[0] == "limit":
        return bool(optional[1] == found[1] and optional[2][0] == found[2][0])
    return matches(optional, found, strict)


def same_slot(label: Slot, other: Slot) -> bool:
    """Whether an optional label is another reading of a label: the same words, title or field."""
    if label[0] == "limit" and other[0] == "limit":
        return bool(label[1] == other[1])
    return (
        isinstance(label[1], str)
        and isinstance(other[1], str)
        and (bool(_words(label[1]) & _words(other[1])) or (label[0] == "unclear"))
    )
