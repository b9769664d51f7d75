"""Contradictions: what an earlier entry of the profile gave way to, found by looking before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chatbot.limits import Limit, gives_way
from chatbot.profile import Preference, Profile, ProfileChange, Section, level

Kind = Literal["replaced", "lifted", "weaker", "stronger", "liked", "disliked"]


@dataclass(frozen=True)
class Resolved:
    """One earlier entry that is no longer what it was.

    `old` and `new` are what the visitor called the entries; for `liked` and `disliked`, which say
    what an item has become, `old` is its id. `partly`: other entries of the same old words still
    stand. `step`: how much an entry counts that was made weaker or stronger (see `level`).
    """

    kind: Kind
    old: str
    new: str = ""
    partly: bool = False
    section: Section = "wants"
    step: int = 0


def resolved(before: Profile, after: Profile, change: ProfileChange) -> list[Resolved]:
    """What `change` overruled on the way from `before` to `after`, each once, in the profile's order.

    A restart forgets and an undo goes back: neither contradicts anything.

    >>> horror = Preference("genres", "horror", 1.0, "no horror", 1)
    >>> wish = Preference("genres", "horror", 0.8, "horror film", 2)
    >>> then = resolved(Profile(avoids=(horror,)), Profile(wants=(wish,)), ProfileChange(wants=(wish,)))
    >>> [(r.kind, r.old, r.new) for r in then]
    [('replaced', 'no horror', 'horror film')]
    """
    if change.restart or change.undo:
        return []
    found = [
        *_preferences(before.wants, after.wants, after.avoids, _removed(change, "wants")),
        *_preferences(before.avoids, after.avoids, after.wants, _removed(change, "avoids")),
        *_limits(before, after, change),
        *_strengths(before, after, change),
        *(Resolved("liked", id) for id in after.liked if id in before.disliked),
        *(Resolved("disliked", id) for id in after.disliked if id in before.liked),
    ]
    return list(dict.fromkeys(found))


def _preferences(
    before: Sequence[Preference],
    after: Sequence[Preference],
    against: Sequence[Preference],
    removed: set[tuple[str, str]],
) -> Iterator[Resolved]:
    keys = {p.key for p in after}
    standing = {(p.name, p.turn) for p in before if p.key in keys}
    gone: dict[tuple[str, int], set[tuple[str, str]]] = {}
    for old in before:
        if old.key not in keys:
            gone.setdefault((old.name, old.turn), set()).add(old.key)
    for called, lost in gone.items():
        winners = [new for new in against if new.key in lost]
        partly = called in standing
        for new in winners:
            yield Resolved("replaced", called[0], new.name, partly)
        if not winners and lost & removed:
            yield Resolved("lifted", called[0], partly=partly)


def _removed(change: ProfileChange, section: str) -> set[tuple[str, str]]:
    return {
        Preference(r.facet, str(r.value), 1.0, "", 0).key
        for r in change.removals
        if r.section == section
    }


def _strengths(before: Profile, after: Profile, change: ProfileChange) -> Iterator[Resolved]:
    sections: tuple[Literal["wants", "avoids"], ...] = ("wants", "avoids")
    for section in sections:
        now = {p.key: p for p in getattr(after, section)}
        meant = {
            Preference(e.facet, e.value, 1.0, "", 0).key
            for e in change.edits
            if e.section == section
        }
        for old in getattr(before, section):
            new = now.get(old.key)
            if new is not None and old.key in meant and new.strength != old.strength:
                kind: Kind = "weaker" if new.strength < old.strength else "stronger"
                step = level(section, new)
                yield Resolved(kind, old.name, section=section, step=step)


def _limits(before: Profile, after: Profile, change: ProfileChange) -> Iterator[Resolved]:
    kept = {limit.constraint for limit in after.limits}
    words = {(limit.quote, limit.turn) for limit in after.limits}
    for old in before.limits:
        if old.constraint in kept:
            continue
        new = next((n for n in change.limits if gives_way(old, n)), None)
        partly = old.whole and (old.quote, old.turn) in words
        if new is not None:
            yield Resolved("replaced", _called(old), new.quote, partly, "limits")
        else:
            yield Resolved("lifted", _called(old), "", partly, "limits")


def _called(limit: Limit) -> str:
    return limit.quote if limit.whole else f"{limit.facet} {limit.op} {limit.value}"
