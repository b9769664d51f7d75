"""Understanding: from an utterance to dialogue acts and a `ProfileChange`. Rules; same in, same out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatbot.acts import CHATTER, Act, ActName, find_acts
from chatbot.bounds import Bound, bounds
from chatbot.conversation import Conversation
from chatbot.corrections import corrected
from chatbot.language import is_foreign
from chatbot.lexicon import Lexicon, Mention
from chatbot.mentions import link
from chatbot.polarity import HEDGED, NEVER, Stance, stances
from chatbot.profile import Limit, ProfileChange, Removal
from chatbot.reading import FORGET, RELAXED, REPAIR, Reading, is_question
from chatbot.references import Reference, references
from chatbot.remarks import read_comparatives, read_items, read_unknown_titles
from chatbot.wishes import read_promises, read_pronouns, read_relaxations, read_rest, read_values
from retrieval.text import Token, fold, tokens

ASKING: frozenset[ActName] = frozenset({"inquire-item", "compare", "request-explanation"})
MOST_ENTRIES = 120
"""Wants, avoids and limits each that one utterance may add; more are not meant."""


@dataclass(frozen=True)
class Understanding:
    """What was understood. `about` are items that a question or reaction is about; `unclear` are
    words that point at no one item; `foreign` is said of a language that is not read, and
    `unknown` are titles that the catalogue does not have."""

    acts: tuple[Act, ...] = ()
    change: ProfileChange = field(default_factory=ProfileChange)
    about: tuple[str, ...] = ()
    unclear: str = ""
    foreign: bool = False
    unknown: tuple[str, ...] = ()
    by: str = "rules"
    """Who understood it: the rules, or the rules with the chat model that is named."""

    def did(self, *names: ActName) -> bool:
        """Whether one of these acts is among them."""
        return any(act.act in names for act in self.acts)


def understand(text: str, conversation: Conversation, lexicon: Lexicon) -> Understanding:
    """Read one utterance against the conversation so far. `text` must be clean (see `clean`)."""
    if is_foreign(text):
        return Understanding((Act("off-topic", text[:80]),), foreign=True)
    turn = len(conversation.turns) + 1
    text = REPAIR.sub(lambda m: " " * len(m[0]), text)
    words = tokens(text)
    acts = find_acts(text)
    names = {act.act for act, _, _ in acts}
    reading = Reading(text, words, conversation, lexicon, turn, acts=[act for act, _, _ in acts])
    pointed = references(text, conversation)
    mentions = [
        m
        for m in link(text, words, lexicon)
        if not any(words[m.first].start < r.end and r.start < words[m.last].end for r in pointed)
    ]
    titles = [(words[m.first].start, words[m.last].end) for m in mentions if m.kind == "title"]
    if titles:
        # "X, loved it": "it" is X
        pointed = [r for r in pointed if r.items and fold(r.quote) not in ("it", "that", "this")]
    spans = [*titles, *((r.start, r.end) for r in pointed)]
    limits = bounds(text, lexicon.schema, spans)
    mentions, limits = corrected(text, words, mentions, limits)
    covered = [(b.start, b.end) for b in limits]
    mentions = [m for m in mentions if m.kind == "title" or not _overlaps(words, m, covered)]
    goes_on = bool(conversation.turns) and "negate" in conversation.turns[-1].acts
    stance = stances(text, words, mentions, Stance(-NEVER) if goes_on else None)
    for bound in limits:
        if FORGET.search(text[: bound.start]) or RELAXED.match(text[bound.end :]):
            reading.removals.append(Removal("limits", bound.facet))
            reading.acts.append(Act("revoke", _quote(text, bound)))
            continue
        value = int(bound.value) if float(bound.value).is_integer() else bound.value
        reading.limits.append(Limit(bound.facet, bound.op, value, _quote(text, bound), turn))
    named = [
        *((m.first, m.last, (m.senses[0].value,), m.quote) for m in mentions if m.kind == "title"),
        *_as_tokens(words, pointed),
    ]
    about = [words[first].start for first, _, _, _ in named]
    if about and is_question(text) and not names & {"compare", "request-explanation"}:
        reading.acts.append(Act("inquire-item", text[:80]))
        names.add("inquire-item")
    if not about:
        names -= {"inquire-item"}  # "have you got anything by ..." asks for items
        reading.acts = [a for a in reading.acts if a.act != "inquire-item"]
    asking = bool(names & ASKING)
    stated = _stated_from(text, reading.acts) if asking else 0
    reading.limits = [limit for limit in reading.limits if text.find(limit.quote) >= stated]
    said = [m for m in mentions if words[m.first].start >= stated or stance[m.first].negative]
    read_values(reading, said, stance)
    read_relaxations(reading)
    linked = {i for m in mentions for i in range(m.first, m.last + 1)}
    linked |= {i for first, last, _, _ in named for i in range(first, last + 1)}
    missing = set() if asking else read_unknown_titles(reading, linked)
    read_items(reading, sorted(named), asking, missing, [n[0] for n in _as_tokens(words, pointed)])
    if not asking:
        read_comparatives(reading, limits)
    missing |= read_promises(reading)
    read_pronouns(reading, said)
    restart = "restart" in names
    if not (asking or names & {"undo", "inquire-profile", "inquire-system"}) and not restart:
        used = (
            linked
            | missing
            | {i for i, w in enumerate(words) if _inside(w, [*covered, *_ends(acts)])}
        )
        read_rest(reading, used, stance)
    ruled_out = {a.key for a in reading.avoids}
    reading.wants = [w for w in reading.wants if w.key not in ruled_out]
    change = ProfileChange(
        wants=tuple(dict.fromkeys(reading.wants))[:MOST_ENTRIES],
        avoids=tuple(dict.fromkeys(reading.avoids))[:MOST_ENTRIES],
        limits=tuple(dict.fromkeys(reading.limits))[:MOST_ENTRIES],
        liked=tuple(dict.fromkeys(reading.liked)),
        disliked=tuple(dict.fromkeys(reading.disliked)),
        seen=tuple(dict.fromkeys(reading.seen)),
        removals=tuple(reading.removals),
        restart=restart,
        undo="undo" in names,
    )
    return Understanding(
        _complete(text, reading, change),
        change,
        tuple(dict.fromkeys(reading.about)),
        reading.unclear,
        unknown=tuple(reading.unknown),
    )


def _stated_from(text: str, acts: Sequence[Act]) -> int:
    """Where a question ends and statements may begin: "why the first one? And no horror please"."""
    asked = min((text.find(a.quote) for a in acts if a.act in ASKING), default=0)
    end = re.compile(r"[?!.;]|,\s*(?:and|but)\b|\band (?:please|also|now)\b").search(
        text, max(asked, 0) + 1
    )
    return end.end() if end else len(text)


def _complete(text: str, reading: Reading, change: ProfileChange) -> tuple[Act, ...]:
    """The acts, with those added that the profile change shows; off-topic if there is none."""
    acts = list(reading.acts)
    if change.wants or change.limits:
        quote = (change.wants or change.limits)[0].quote
        acts.append(Act("inform", quote))
    if change.avoids:
        soft = all(a.strength <= HEDGED for a in change.avoids)
        acts.append(Act("critique" if soft else "negate", change.avoids[0].quote))
    if not acts:
        acts.append(Act("off-topic", text[:80]))
    return tuple(dict.fromkeys(acts))


def is_chatter(understanding: Understanding) -> bool:
    """Whether an utterance asks for nothing and says nothing of taste."""
    only = all(act.act in CHATTER or act.act == "off-topic" for act in understanding.acts)
    return only and understanding.change.is_empty


def _overlaps(words: Sequence[Token], mention: Mention, spans: Sequence[tuple[int, int]]) -> bool:
    return any(words[mention.first].start < e and s < words[mention.last].end for s, e in spans)


def _inside(word: Token, spans: Sequence[tuple[int, int]]) -> bool:
    return any(s <= word.start and word.end <= e for s, e in spans)


def _ends(acts: Sequence[tuple[Act, int, int]]) -> list[tuple[int, int]]:
    return [(start, end) for act, start, end in acts if act.act != "request-recommendation"]


def _quote(text: str, bound: Bound) -> str:
    return text[bound.start : bound.end].strip()


def _as_tokens(
    words: Sequence[Token], pointed: Sequence[Reference]
) -> list[tuple[int, int, tuple[str, ...], str]]:
    found = []
    for r in pointed:
        span = [i for i, w in enumerate(words) if w.start < r.end and r.start < w.end]
        if span:
            found.append((span[0], span[-1], r.items, r.quote))
    return found
