"""Reasons: evidence first, then words, and a check that drops what the evidence does not support."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatbot.conversation import Conversation
from chatbot.guesses import Guess
from chatbot.lexicon import Lexicon, Sense
from chatbot.liked_together import TOGETHER, often_with
from chatbot.profile import SIMILAR, SPECIAL, Limit, Preference
from chatbot.voice import ENGLISH, Voice
from chatbot.words import concepts, places
from retrieval.constraints import TEXT, mentions, permits
from retrieval.find import Retriever
from retrieval.item import WARNING_FACETS, Item, Schema
from retrieval.stop_words import STOP_WORDS
from retrieval.text import HAN, Token, fold, stem, tokens

Kind = Literal[
    "want", "chosen", "limit", "similar", "liked", "colike", "cobuy", "coview", "guess", "text", "fact", "unknown"
]  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """One field of an item that meets something said. `quote` and `turn` say where; for a shared
    value `other` is the item that it is shared with, for a guess one of the items that it was
    guessed from. What is liked (bought, looked at) together has as its value how many
    people did so with both it and `other`, and its field is the `id` that they are known by. What was `chosen` was set in the page. Facts stand for themselves. What is
    unknown has no value: the catalogue does not say whether the item meets what was said."""

    kind: Kind
    field: str
    value: str | float
    quote: str = ""
    turn: int = 0
    other: str = ""


TOO_COMMON = 0.25  # of the catalogue; sharing a value that more items carry says nothing


def gather(
    item: Item,
    conversation: Conversation,
    retriever: Retriever,
    most: int,
    guesses: Sequence[Guess] = (),
) -> list[Evidence]:
    """What there is to say for an item, the strongest first, `most` pieces of a kind at the most."""
    profile = conversation.profile
    wanted = [e for w in profile.wants for e in _met(item, w, retriever.catalogue.schema)]
    within = [e for limit in profile.limits for e in _within(item, limit)]
    named = [w for w in profile.wants if w.facet == SIMILAR]
    shared: list[Evidence] = []
    for want in named:
        shared += _shared(item, want.value, "similar", want.quote, want.turn, retriever, most)
    if not named:
        for id in profile.liked:
            shared += _shared(item, id, "liked", "", 0, retriever, most)
    named_as = {fold(str(e.value)) for e in shared[:most] if e.kind == "similar"}
    held = [g for g in guesses if item.has(g.facet, g.value) and fold(g.value) not in named_as]
    told = {fold(g.value) for g in held[:most]}
    shared = [e for e in shared if e.kind == "similar" or fold(str(e.value)) not in told]
    guessed = [Evidence("guess", g.facet, g.value, other=id) for g in held[:most] for id in g.likes]
    others = [*(w.value for w in named), *profile.liked]
    together = [Evidence(k, "id", n, other=o) for k, n, o in often_with(item, others, retriever)]
    found = [*_by_quote(wanted)[:most], *_by_quote(within)[:most], *shared[:most]]
    found += [*together, *guessed]
    return [*(found or facts(item, retriever)), *_unknown(item, profile.wants)]


def _met(item: Item, want: Preference, schema: Schema) -> list[Evidence]:
    if want.facet == SIMILAR:
        return []
    if want.facet == TEXT:
        words = [w for w in want.value.split() if w not in STOP_WORDS and mentions(item, w)]
        field = next((f for f in schema.named("description") if item.fields.get(f)), "title")
        prose = str(item.fields.get(field, ""))
        return [
            Evidence("text", field, word, want.quote, want.turn)
            for word in words
            if stem(word) in {stem(t.folded) for t in tokens(prose)}
            and fold(word) in fold(want.quote).split()
        ]
    carried = next((v for v in item.values(want.facet) if fold(v) == fold(want.value)), None)
    kind: Kind = "chosen" if want.by_hand else "want"
    return [Evidence(kind, want.facet, carried, want.quote, want.turn)] if carried else []


def _unknown(item: Item, wants: Sequence[Preference]) -> list[Evidence]:
    """Wishes that the catalogue neither says the item meets nor that it does not."""
    met = {(w.turn, w.quote, w.part) for w in wants if item.has(w.facet, w.value)}
    silent = [w for w in wants if w.facet not in SPECIAL and item.is_silent(w.facet)]
    unmet = [w for w in silent if (w.turn, w.quote, w.part) not in met]
    return list(
        {w.facet: Evidence("unknown", w.facet, "", w.quote, w.turn) for w in unmet}.values()
    )


def _within(item: Item, limit: Limit) -> list[Evidence]:
    if not permits(item, limit.constraint) or limit.op == "!=" or not limit.whole:
        return []
    value = item.number(limit.facet) if not isinstance(limit.value, str) else limit.value
    return (
        [Evidence("limit", limit.facet, value, limit.quote, limit.turn)]
        if value is not None
        else []
    )


def _by_quote(found: Sequence[Evidence]) -> list[Evidence]:
    """One piece of evidence for each thing that was said."""
    return list(
        {
            (e.turn, e.quote, e.field if e.kind == "text" else ""): e for e in reversed(found)
        }.values()
    )[::-1]


def _shared(
    item: Item, other: str, kind: Kind, quote: str, turn: int, retriever: Retriever, most: int
) -> list[Evidence]:
    example = retriever.catalogue.items.get(other)
    if example is None or example.id == item.id:
        return []
    found = [
        (
            len(retriever.columns.carrying(facet, value)),
            Evidence(kind, facet, value, quote, turn, other),
        )
        for facet in retriever.catalogue.schema.facets
        if facet not in WARNING_FACETS
        for value in item.values(facet)
        if example.has(facet, value)
        and len(retriever.columns.carrying(facet, value)) <= TOO_COMMON * len(retriever.columns.ids)
    ]
    telling = [pair for pair in found if pair[1].field not in ("countries", "country")] or found
    return [evidence for _, evidence in sorted(telling, key=lambda pair: pair[0])][:most]


def facts(item: Item, retriever: Retriever) -> list[Evidence]:
    """What the item is, for when nothing that was said speaks for it."""
    schema = retriever.catalogue.schema
    facets = [f for f in schema.named("facet") if f not in WARNING_FACETS]
    facets.sort(key=lambda f: f in ("countries", "country"))
    people = schema.named("person")[:1]
    return [
        Evidence("fact", facet, value)
        for facet in (*facets[:2], *people)
        for value in item.values(facet)[:2]
    ]


def reason(
    item: Item,
    evidence: Sequence[Evidence],
    conversation: Conversation,
    lexicon: Lexicon,
    voice: Voice = ENGLISH,
) -> str:
    """One or two sentences that the evidence supports; each is checked before it is let through."""
    sentences = [
        _fits([e for e in evidence if e.kind in ("want", "limit")], voice),
        _chosen([e for e in evidence if e.kind == "chosen"], voice),
        _mentions([e for e in evidence if e.kind == "text"], voice),
        *_alike([e for e in evidence if e.kind in ("similar", "liked")], lexicon, voice),
        *_guessed([e for e in evidence if e.kind == "guess"], lexicon, voice),
        _is([e for e in evidence if e.kind == "fact"], voice),
    ]
    kept = [s for s in sentences if s and supported(s, item, conversation, lexicon, voice)]
    kept += _counted(
        [e for e in evidence if e.kind in TOGETHER], item, conversation, lexicon, voice
    )
    silent = [voice.field(e.field) for e in evidence if e.kind == "unknown"]
    kept += [voice.phrase("reason.silent", fields=voice.listed(silent))] if silent else []
    return voice.sentences(*kept)


def _fits(evidence: Sequence[Evidence], voice: Voice) -> str:
    said: list[str] = []
    for e in evidence:
        value = f"{e.value:g}" if isinstance(e.value, float) else e.value
        literal = isinstance(e.value, str) and stem(fold(e.value)) in stem(fold(e.quote))
        as_value = _unit(e.field, value, voice)
        said.append(
            voice.quoted([e.quote])[0]
            if literal
            else voice.phrase("reason.fits_as", quote=e.quote, value=as_value)
        )
    return voice.phrase("reason.fits", things=voice.listed(said)) if said else ""


def _chosen(evidence: Sequence[Evidence], voice: Voice) -> str:
    values = voice.listed([str(e.value) for e in evidence])
    return voice.phrase("reason.chosen", values=values) if evidence else ""


def _guessed(evidence: Sequence[Evidence], lexicon: Lexicon, voice: Voice) -> list[str]:
    """A sentence for each set of liked items that something was guessed from."""
    likes: dict[str, list[str]] = {}
    for e in evidence:
        likes.setdefault(str(e.value), []).append(lexicon.items[e.other].label())
    sets = {
        voice.listed(titles): [v for v in likes if likes[v] == titles] for titles in likes.values()
    }
    return [
        voice.phrase("reason.guess", values=voice.listed(vs), titles=titles)
        for titles, vs in sets.items()
    ]


def _counted(
    evidence: Sequence[Evidence],
    item: Item,
    conversation: Conversation,
    lexicon: Lexicon,
    voice: Voice,
) -> list[str]:
    """A sentence for each other item that goes together with this one; its count was counted."""
    said = {
        e: voice.phrase(f"reason.{e.kind}", n=f"{e.value:g}", title=lexicon.items[e.other].label())
        for e in evidence
    }
    return [
        sentence
        for e, sentence in said.items()
        if supported(sentence, item, conversation, lexicon, voice, frozenset({float(e.value)}))
    ]


def _unit(field: str, value: str, voice: Voice) -> str:
    return voice.phrase("reason.minutes", n=value) if field in ("runtime", "duration") else value


def _mentions(evidence: Sequence[Evidence], voice: Voice) -> str:
    if not evidence:
        return ""
    words = voice.listed(voice.quoted(str(e.value) for e in evidence))
    return voice.phrase("reason.text", field=voice.field(evidence[0].field), words=words)


def _alike(evidence: Sequence[Evidence], lexicon: Lexicon, voice: Voice) -> list[str]:
    sentences = []
    for other in dict.fromkeys(e.other for e in evidence):
        shared = voice.listed([str(e.value) for e in evidence if e.other == other])
        liked = any(e.kind == "liked" for e in evidence if e.other == other)
        key = "reason.shares_liked" if liked else "reason.shares"
        sentences.append(voice.phrase(key, values=shared, title=lexicon.items[other].label()))
    return sentences


def _is(evidence: Sequence[Evidence], voice: Voice) -> str:
    if not evidence:
        return ""
    by_field: dict[str, list[str]] = {}
    for e in evidence:
        by_field.setdefault(e.field, []).append(str(e.value))
    said = [
        voice.phrase("reason.fact", field=voice.field(field), values=voice.listed(values))
        for field, values in by_field.items()
    ]
    # A lone fact is written without capitals, as ever.
    facts = voice.phrase("joint.semicolon").join(said)
    start = facts.capitalize() if len(said) == 1 else f"{facts[:1].upper()}{facts[1:]}"
    return voice.phrase("reason.facts", facts=start)


def supported(
    sentence: str,
    item: Item,
    conversation: Conversation,
    lexicon: Lexicon,
    voice: Voice = ENGLISH,
    people: frozenset[float] = frozenset(),
) -> bool:
    """Whether everything a sentence claims of an item is in the item, and every quote was said.

    Claims are what the sentence names of the catalogue (facet values and people, by their exact
    words), numbers (numbers of `people` that were counted, too), and items; items it may name are itself and those that the visitor named.
    """
    utterances = [turn.utterance for turn in conversation.turns]
    rest = sentence
    for quote in re.findall(r"“([^”]*)”", sentence):
        if not any(fold(quote) in fold(u) for u in utterances):
            return False
        rest = rest.replace(f"“{quote}”", " ")
    profile = conversation.profile
    named = [w.value for w in profile.wants if w.facet == SIMILAR] + [*profile.liked]
    for id in (*named, item.id):
        if id in lexicon.items:
            rest = rest.replace(lexicon.items[id].label(), " ").replace(
                lexicon.items[id].title, " "
            )
    words = tokens(rest)
    numbers = {n for f in lexicon.schema.numbers if (n := item.number(f)) is not None}
    carried = {fold(v) for f in lexicon.schema.facets for v in item.values(f)}
    inside = " ".join(sorted(carried))
    chinese = bool(HAN.search(rest))
    at = 0
    while at < len(words):
        begins = chinese or words[at].folded in lexicon.first_words
        phrase = _longest_known(words, at, lexicon, voice) if begins else ""
        if phrase and phrase not in carried and not _carries(item, phrase, lexicon):
            return False
        word = words[at].folded
        if (
            not phrase
            and word.isdigit()
            and float(word) not in numbers | people
            and word not in inside.split()
        ):
            return False
        at += len(phrase.split()) if phrase else 1
    return True


LONGEST = 16
"""Words of a value that is looked for in a sentence; a Chinese character is a word."""


def _longest_known(words: Sequence[Token], at: int, lexicon: Lexicon, voice: Voice) -> str:
    for length in range(LONGEST, 0, -1):
        phrase = " ".join(w.folded for w in words[at : at + length])
        if phrase in voice.folded("frame"):
            return ""
        if phrase in lexicon.values or (length > 1 and phrase in lexicon.people):
            return phrase
        if HAN.search(phrase) and _meanings(phrase, lexicon):
            return phrase
    return ""


def _meanings(phrase: str, lexicon: Lexicon) -> list[list[Sense]]:
    """What a Chinese word or name stands for in a catalogue that may be in English."""
    groups = lexicon.value_senses(phrase) if phrase in concepts() or phrase in places() else []
    people = lexicon.person_senses(phrase) if " " in phrase else []
    return groups or ([people] if people else [])


def _carries(item: Item, phrase: str, lexicon: Lexicon) -> bool:
    groups = _meanings(phrase, lexicon) if HAN.search(phrase) else []
    return bool(groups) and all(any(item.has(s.facet, s.value) for s in g) for g in groups)
