"""The preference profile: what a visitor wants, avoids, will not go beyond, liked and has seen.

Every entry says in the visitor's own words where it came from. A profile is a value; `apply` makes
the next one, and later words beat earlier ones.
"""

from dataclasses import dataclass, replace
from typing import Literal

from retrieval.constraints import TEXT, Constraint, Op
from retrieval.text import fold, singular

EXCLUDES_FROM = 0.5
"""An avoided value of at least this strength is never shown; below it, it only counts against."""
SIMILAR = "similar_to"
"""The facet of a wish for something like an item; its value is the item's id."""
CONTEXT = "context"
"""The facet of company and occasion, which no item has: "with my kids"."""
KEPT_TEXTS = 6
SPECIAL = frozenset({SIMILAR, TEXT, CONTEXT})


@dataclass(frozen=True)
class Preference:
    """A value of a facet that is wanted or avoided. Strength in (0, 1]."""

    facet: str
    value: str
    strength: float
    quote: str
    turn: int
    label: str = ""
    """What to call it where the quote will not do: an item's title, or part of a longer quote."""
    part: int = 0
    """Tells apart what one phrase asks for together: "romcom" is romance and comedy."""
    phrase: str = ""
    """The words of the quote that name it: "horror" in "no horror, war or musicals"."""
    unless: tuple[tuple[str, str], ...] = ()
    """What it does not apply to, as facets and values, or "id" and an item's id."""

    @property
    def name(self) -> str:
        """What the visitor sees of it."""
        return self.label or self.quote

    @property
    def is_literal(self) -> bool:
        """Whether the visitor's words hold the value itself, and not only something it stands for."""
        return self.facet in SPECIAL or singular(fold(self.value)) in singular(fold(self.quote))

    @property
    def key(self) -> tuple[str, str]:
        """What makes two preferences the same one."""
        return (self.facet, self.value if self.facet in SPECIAL else fold(self.value))


@dataclass(frozen=True)
class Limit:
    """A bound that no shown item may break."""

    facet: str
    op: Op
    value: str | int | float
    quote: str
    turn: int
    unless: tuple[tuple[str, str], ...] = ()
    """Facets and values that satisfy it too: "must be funny" is met by any word for it."""
    whole: bool = True
    """False when another limit of the same words was replaced: the quote says more than is left."""

    @property
    def constraint(self) -> Constraint:
        """The rule itself, without its origin."""
        return Constraint(self.facet, self.op, self.value, self.unless)

    @property
    def side(self) -> str:
        """Which bound of the facet it sets: a later one on the same side replaces it."""
        sides = {"<": "upper", "<=": "upper", ">": "lower", ">=": "lower"}
        return sides.get(self.op, f"{self.op}{fold(str(self.value))}")


@dataclass(frozen=True)
class Profile:
    """Everything that is remembered about a visitor's taste in one conversation."""

    wants: tuple[Preference, ...] = ()
    avoids: tuple[Preference, ...] = ()
    limits: tuple[Limit, ...] = ()
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """What every shown item must satisfy: the limits, and the avoided values that exclude."""
        excluded = (a for a in self.avoids if a.strength >= EXCLUDES_FROM)
        return (
            *(limit.constraint for limit in self.limits),
            *(Constraint(a.facet, "!=", a.value, a.unless) for a in excluded),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known yet."""
        return self == Profile()


Section = Literal["wants", "avoids", "limits", "liked", "disliked", "seen"]


@dataclass(frozen=True)
class Removal:
    """Take an entry out. For `limits` all of a facet with that operator; for item lists, an id."""

    section: Section
    facet: str
    value: str | int | float = ""
    op: Op | None = None


@dataclass(frozen=True)
class ProfileChange:
    """What one utterance, or one click, does to a profile. Nothing else ever does."""

    wants: tuple[Preference, ...] = ()
    avoids: tuple[Preference, ...] = ()
    limits: tuple[Limit, ...] = ()
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    removals: tuple[Removal, ...] = ()
    restart: bool = False
    undo: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing."""
        return self == ProfileChange()


def apply(profile: Profile, change: ProfileChange) -> Profile:
    """The profile after `change`. A restart forgets all that came before it.

    What was ruled out is only let in again by its own name: after "no horror", "something scary" is
    a wish for the other things that are scary.

    >>> horror = Preference("genres", "horror", 1.0, "no horror", 1)
    >>> apply(Profile(avoids=(horror,)), ProfileChange(wants=(horror,))).avoids
    ()
    """
    if change.restart:
        profile = Profile()
    for removal in change.removals:
        profile = _remove(profile, removal)
    wanted = {w.key for w in change.wants if w.is_literal}
    avoided = {a.key for a in change.avoids}
    standing = {a.key for a in profile.avoids} - wanted
    fresh = tuple(w for w in change.wants if w.key not in standing)
    wants = _merge([w for w in profile.wants if w.key not in avoided], fresh)
    texts = [w for w in wants if w.facet == TEXT][-KEPT_TEXTS:]
    return replace(
        profile,
        wants=tuple(w for w in wants if w.facet != TEXT or w in texts),
        avoids=_merge([a for a in profile.avoids if a.key not in wanted], change.avoids),
        limits=_merge_limits(profile.limits, change.limits),
        liked=_ids(profile.liked, change.liked, without=change.disliked),
        disliked=_ids(profile.disliked, change.disliked, without=change.liked),
        seen=_ids(profile.seen, change.seen, without=()),
    )


def _merge(earlier: list[Preference], later: tuple[Preference, ...]) -> tuple[Preference, ...]:
    merged = {p.key: p for p in earlier}
    for preference in later:
        merged.pop(preference.key, None)
        merged[preference.key] = preference
    return tuple(merged.values())


def _merge_limits(earlier: tuple[Limit, ...], later: tuple[Limit, ...]) -> tuple[Limit, ...]:
    kept = list(earlier)
    for limit in later:
        gone = {(k.quote, k.turn) for k in kept if _gives_way(k, limit)}
        kept = [
            replace(k, whole=k.whole and (k.quote, k.turn) not in gone)
            for k in kept
            if not _gives_way(k, limit)
        ]
        kept.append(limit)
    return tuple(kept)


def _gives_way(old: Limit, new: Limit) -> bool:
    """Whether an earlier limit is replaced: same side of the same facet, or no value meets both."""
    if old.facet != new.facet:
        return False
    if old.side == new.side:
        return True
    if isinstance(old.value, str) or isinstance(new.value, str):
        return {old.op, new.op} == {"=", "!="} and fold(str(old.value)) == fold(str(new.value))
    low, high = (old, new) if old.side == "lower" else (new, old)
    return low.side == "lower" and high.side == "upper" and float(low.value) > float(high.value)


def _remove(profile: Profile, removal: Removal) -> Profile:
    match removal.section:
        case "wants" | "avoids" as section:
            key = Preference(removal.facet, str(removal.value), 1.0, "", 0).key
            entries: tuple[Preference, ...] = getattr(profile, section)
            gone = {(p.quote, p.turn) for p in entries if p.key == key}
            left = (p for p in entries if p.key != key)
            changed = tuple(
                _relabelled(p, section) if (p.quote, p.turn) in gone else p for p in left
            )
            if section == "wants":
                return replace(profile, wants=changed)
            return replace(profile, avoids=changed)
        case "limits":
            limits = (x for x in profile.limits if not _matches(x, removal))
            return replace(profile, limits=tuple(limits))
        case "liked" | "disliked" | "seen" as section:
            ids = tuple(id for id in getattr(profile, section) if id != removal.value)
            return replace(profile, **{section: ids})


def _relabelled(entry: Preference, section: str) -> Preference:
    """An entry whose quote says more than what is left of it, named by its value instead."""
    return replace(
        entry, label=entry.label or (f"no {entry.value}" if section == "avoids" else entry.value)
    )


def _matches(limit: Limit, removal: Removal) -> bool:
    same_op = removal.op is None or removal.op == limit.op
    return limit.facet == removal.facet and same_op and removal.value in ("", limit.value)


def _ids(
    earlier: tuple[str, ...], later: tuple[str, ...], without: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(id for id in dict.fromkeys((*earlier, *later)) if id not in without)
