"""Routing: which scene of a conversation over several hears which words of an utterance.

A scene is one catalogue with its own conversation. `route` takes an utterance apart at the nouns
that name a scene's kind of thing ("a film and a book for a rainy weekend"), gives every scene what
is said of it with the words that govern it, and lays what names none where it is known, where it
was talked about last, or before all. It returns values; what comes of them is `chatbot/together.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.clauses import WORD, Names, Piece, Scene, mentioned, nouns_of, pieces_of
from chatbot.decide import is_chatter
from chatbot.language import language_of
from chatbot.polarity import LESS
from chatbot.profile import CONTEXT
from chatbot.quantities import quantities
from chatbot.references import references
from chatbot.understand import Understanding, understand
from chatbot.words import pattern
from retrieval.text import HAN, fold, simplified, singular, tokens

_EDGE = " \t\n,，、;；/&+"


@dataclass(frozen=True)
class Latest:
    """What the turns before leave: the scenes talked about last, the one whose list was shown last,
    and those that the latest change was in."""

    talked: Names = ()
    shown: str = ""
    changed: Names = ()


@dataclass(frozen=True)
class Heard:
    """What one scene hears of an utterance. What is `only_noted` was said to all beside a wish for
    others: it is kept, and answered with no list."""

    scene: str
    text: str
    only_noted: bool = False


@dataclass(frozen=True)
class _Said:
    """An utterance that is taken apart: its text as read, in which language, before which scenes and
    after what, and the scenes that it declines."""

    read: str
    language: str
    scenes: Sequence[Scene]
    latest: Latest
    declined: frozenset[str]


def route(text: str, scenes: Sequence[Scene], latest: Latest = Latest()) -> tuple[Heard, ...]:
    """What each scene hears of a clean utterance, in the order of `scenes`; never nothing at all."""
    everyone = tuple(scene.name for scene in scenes)
    if len(scenes) == 1:
        return (Heard(everyone[0], text),)
    if answered := _answered(text, scenes, latest):
        return (Heard(answered, text),)
    read = simplified(text) if HAN.search(text) else text
    language = language_of(text)
    if language is None or len(read) != len(text):
        return (Heard((latest.talked or everyone)[0], text),)
    nouns, declined = nouns_of(read, scenes, language)
    said = _Said(read, language, scenes, latest, declined)
    pieces = _laid(said, _governed(said, pieces_of(read, nouns, scenes, language)))
    found = [_heard(text, scene.name, pieces, language) for scene in scenes]
    kept = tuple(h for h in found if h is not None and h.scene not in declined)
    others = tuple(Heard(name, text) for name in everyone if name not in declined)
    return kept or others or (Heard(everyone[0], text),)


def _answered(text: str, scenes: Sequence[Scene], latest: Latest) -> str:
    """The scene whose open question offers this answer; the one talked about last before others."""
    ordered = sorted(scenes, key=lambda s: s.name not in latest.talked)
    for scene in ordered:
        turns = scene.conversation.turns
        question = turns[-1].question if turns else None
        if question and fold(text) in {fold(o.value) for o in question.options}:
            return scene.name
    return ""


def _governed(said: _Said, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with what governs them from the side: "I loved the film and [I loved] the book",
    "a film [for a rainy weekend] and a book for a rainy weekend"."""
    found = list(pieces)
    for n in range(1, len(found)):
        here, before = found[n], found[n - 1]
        after_another = before.named and before.named not in said.declined
        if here.named and after_another and here.sentence == before.sentence:
            lead = before.lead + said.read[before.start : before.noun[0]].lstrip(_EDGE)
            found[n] = replace(here, lead=_carried(said, here, lead))
    for n in range(len(found) - 2, -1, -1):
        here, after = found[n], found[n + 1]
        bare = here.named and not WORD.search(said.read[here.noun[1] : here.end])
        tail = said.read[after.noun[1] : after.end].rstrip() + after.tail if after.named else ""
        if pattern("scenes", "split.alone", said.language).match(tail):
            continue
        if bare and after.named and here.sentence == after.sentence:
            known = _known(tail, said) if WORD.search(tail) else ()
            if not known or here.named in known:
                found[n] = replace(here, tail=tail)
    return found


def _carried(said: _Said, here: Piece, lead: str) -> str:
    read, language = said.read, said.language
    lead = pattern("scenes", "split.paired", language).sub("", lead)
    own = read[here.start : here.noun[0]]
    if pattern("scenes", "split.participle", language).match(read[here.start : here.end]):
        subject = pattern("scenes", "split.subject", language).match(lead)
        return (f"{subject[0]} " if language == "en" else subject[0]) if subject else ""
    if not WORD.search(own):
        return lead
    governed_by_own = pattern("scenes", "split.own", language).search(own)
    behind = pattern("scenes", "split.own_behind", language).match(read[here.noun[1] : here.end])
    if governed_by_own or behind:
        return ""
    carries = [m.end() for m in pattern("scenes", "split.carries", language).finditer(lead)]
    opening = [m.start() for m in pattern("scenes", "split.opening", language).finditer(lead)]
    at = max([*carries, *opening[-1:]], default=0)
    kept = lead[:at].rstrip(_EDGE)
    return f"{kept} " if kept and not HAN.search(kept[-1]) else kept


def _laid(said: _Said, pieces: Sequence[Piece]) -> list[Piece]:
    """Every piece with the scenes that hear it."""
    read, scenes, declined, language = said.read, said.scenes, said.declined, said.language
    everyone = tuple(s.name for s in scenes if s.name not in declined)
    last = max((n for n, p in enumerate(pieces) if p.named), default=-1)
    named = tuple(n for n in everyone if any(p.named == n for p in pieces))
    found: list[Piece] = []
    for n, piece in enumerate(pieces):
        if piece.named:
            found.append(replace(piece, scenes=(piece.named,)))
            continue
        text = read[piece.start : piece.end]
        before = [p for p in found if p.named and p.named not in declined]
        beside = [p for p in before if p.sentence == piece.sentence]
        both = pattern("scenes", "split.both", language).search(text)
        shared = _is_shared(text, scenes, language)
        within = beside and (len(named) == 1 or n < last)
        if both and len(named) > 1:
            heard, shared = named, False
        elif known := _known(text, said):
            heard, shared = known, False
        elif shared and (both or not within):
            heard = everyone
        elif beside and not both:
            heard, shared = _group(read, beside), False
        elif named:
            points = before and _points(text, scenes, language)
            heard, shared = (before[-1].named,) if points else named, False
        else:
            heard, shared = _unnamed(text, said, everyone), False
        found.append(replace(piece, scenes=heard, shared=shared))
    return found


def _group(read: str, beside: Sequence[Piece]) -> Names:
    """The scenes of the last noun, and of those bare nouns before it that it shares its words with."""
    names: list[str] = []
    for piece in reversed(beside):
        if names and WORD.search(read[piece.noun[1] : piece.end]):
            break
        names.append(piece.named)
    return tuple(reversed(names))


def _read(text: str, scenes: Sequence[Scene]) -> dict[str, Understanding]:
    return {s.name: understand(text.strip(_EDGE), s.conversation, s.lexicon) for s in scenes}


def _known(text: str, said: _Said) -> Names:
    """The scenes whose title, person or measured field is named, or whose verb is ("read", "seen"),
    where not all of them have it."""
    scenes, language = said.scenes, said.language
    read = _read(text, scenes)
    titled = {s.name for s in scenes if any(k == "title" for _, k in mentioned(text, s, language))}
    by_verb = {s.name for s in scenes if s.words.done(text)}
    measured = quantities(text, language, ())
    limited = {s.name for s in scenes if measured and _numbers(read[s.name], s)}
    people = {s.name for s in scenes if _people(read[s.name], s)}
    fields = {s.name for s in scenes if _fields(text, s)}
    for found in (titled, limited, people, by_verb, fields):
        if found and len(found) < len(scenes):
            return tuple(s.name for s in scenes if s.name in found)
    if len(titled) > 1:
        names = tuple(s.name for s in scenes if s.name in titled)
        return tuple(n for n in names if n in said.latest.talked) or names
    return ()


def _numbers(read: Understanding, scene: Scene) -> bool:
    return any(x.facet in scene.lexicon.schema.numbers for x in read.change.limits)


def _people(read: Understanding, scene: Scene) -> bool:
    persons = scene.lexicon.schema.named("person")
    return any(p.facet in persons for p in (*read.change.wants, *read.change.avoids))


def _fields(text: str, scene: Scene) -> bool:
    """Whether one of its numbers or roles is named: "pages", "director"."""
    schema = scene.lexicon.schema
    named = {singular(fold(f)) for f in (*schema.numbers, *schema.named("person"))}
    return bool(named & {singular(word.folded) for word in tokens(text)})


def _points(text: str, scenes: Sequence[Scene], language: str) -> bool:
    """Whether a pronoun or an ordinal points at something that was shown."""
    return any(references(text, s.conversation, s.lexicon, language) for s in scenes)


def _is_shared(text: str, scenes: Sequence[Scene], language: str) -> bool:
    """Whether words say who it is for, or only what must not be in it: what holds for every scene."""
    changes = [read.change for read in _read(text, scenes).values()]
    company = any(w.facet == CONTEXT for c in changes for w in c.wants)
    of_items = any(c.liked or c.disliked or c.seen for c in changes)
    if _points(text, scenes, language) and (of_items or not company):
        return False
    ruled_out = any(a.strength > LESS for c in changes for a in c.avoids)
    wished = any(not any(w.phrase == c.phrase for c in x.wants if c.facet == CONTEXT)
                 for x in changes for w in x.wants)  # fmt: skip
    return company or (ruled_out and not wished)


def _unnamed(text: str, said: _Said, everyone: Names) -> Names:
    """Who hears what names no scene and is known in none alone."""
    scenes, latest, language = said.scenes, said.latest, said.language
    talked = tuple(n for n in latest.talked if n in everyone) or everyone
    read = _read(text, scenes)
    acts = {act.act for u in read.values() for act in u.acts}
    if acts & {"restart", "inquire-profile"}:
        return everyone
    judged = acts & {"like", "dislike", "seen", "accept", "compare", "deny"}
    if not judged and pattern("scenes", "split.both", language).search(text):
        return everyone
    if "undo" in acts:
        return latest.changed or talked
    pointing = acts & {"request-explanation", "compare", "inquire-item", "accept"}
    if latest.shown and (pointing or _points(text, scenes, language)):
        return (latest.shown,)
    if all(is_chatter(u) for u in read.values()):
        return talked[:1] if any(s.conversation.turns for s in scenes) else everyone[:1]
    if not any(s.conversation.last_shown for s in scenes):
        return everyone
    valued = {s.name for s in scenes if mentioned(text, s, language)}
    return tuple(n for n in everyone if n in valued) if len(valued) == 1 else talked


def _heard(text: str, name: str, pieces: Sequence[Piece], language: str) -> Heard | None:
    """What a scene hears, in the visitor's own words and their order."""
    mine = [n for n, piece in enumerate(pieces) if name in piece.scenes]
    if not mine:
        return None
    beside = not all(p.shared for p in pieces)
    several = len({p.named for p in pieces if p.named}) > 1
    only_noted = beside and all(pieces[n].shared for n in mine)
    if len(mine) == len(pieces) and not any(p.lead or p.tail for p in pieces):
        return Heard(name, text, only_noted)
    said = ""
    for n in mine:
        piece = pieces[n]
        own = text[piece.start : piece.end].strip(_EDGE)
        if several:
            own = pattern("scenes", "split.paired", language).sub("", own)
        whole = piece.lead + own + piece.tail
        if said:
            ended = pattern("scenes", "split.end", language).match(said, len(said) - 1)
            adjacent = n - 1 in mine and not piece.lead and not ended
            gap = text[pieces[n - 1].end : piece.start] if adjacent else ""
            between = ("", "，") if language == "zh" else (" ", ", ")
            said += gap or between[not ended]
        said += whole
    return Heard(name, said.strip(_EDGE), only_noted)
