"""The preference profile: what a visitor wants, avoids, will not go beyond, liked and has seen.

Every entry says in the visitor's own words where it came from. A profile is a value; `apply` makes
the next one, and later words beat earlier ones.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from chatbot.limits import Limit as Limit
from chatbot.limits import merge_limits
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
STRONG, PLAIN, WEAK = 1.0, 0.8, 0.4
"""What a wish is set to by hand. Said in words, 0.9 and more is strong, below 0.6 is weak."""
FEWER, SLIGHTLY_FEWER = 0.4, 0.2
"""What an avoided value is set to by hand when it is no longer to exclude; both only count against."""
TURNED = ", turned round by hand"
CONFIRMED = ", confirmed by hand"


FADED = 0.35
"""The strength of a wish of an earlier request; less than any that is stated."""


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
    by_hand: bool = False
    """Whether it was chosen in the page; the quote then says how, after the words it came from."""

    @property
    def name(self) -> str:
        """What the visitor sees of it."""
        return self.label or self.quote

    @property
    def is_literal(self) -> bool:
        """Whether the visitor's words hold the value itself, and not only something it stands for."""
        return self.facet in SPECIAL or singular(fold(self.value)) in singular(fold(self.quote))

    @property
    def is_faded(self) -> bool:
        """Whether it belongs to a request before the one that is being answered."""
        return self.strength <= FADED and not self.by_hand

    @property
    def key(self) -> tuple[str, str]:
        """What makes two preferences the same one."""
        return (self.facet, self.value if self.facet in SPECIAL else fold(self.value))


@dataclass(frozen=True)
class Profile:
    """Everything that is remembered about a visitor's taste in one conversation."""

    wants: tuple[Preference, ...] = ()
    avoids: tuple[Preference, ...] = ()
    limits: tuple[Limit, ...] = ()
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    dismissed: tuple[tuple[str, str], ...] = ()
    """Facet and folded value of guesses that the visitor turned down (see chatbot/guesses.py)."""

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


EditAction = Literal["flip", "weaken", "strengthen"]
EditedSection = Literal["wants", "avoids", "liked", "disliked"]


@dataclass(frozen=True)
class Edit:
    """One entry changed where it stands: turned round (want and avoid, liked and disliked), or made
    to count less or more. For item lists `value` is an id."""

    section: EditedSection
    facet: str
    value: str
    action: EditAction


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
    fades: bool = False
    """Whether a new request starts: earlier wishes count a little still, and are not asked for."""
    edits: tuple[Edit, ...] = ()
    dismissed: tuple[tuple[str, str], ...] = ()

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
    if change.fades:
        profile = replace(profile, wants=tuple(map(_faded, profile.wants)))
    for edit in change.edits:
        profile = edited(profile, edit)
    change = _spared(profile, change)
    avoided = {a.key for a in change.avoids}
    avoids = _let_in(profile.avoids, [w for w in change.wants if w.is_literal])
    standing = {a.key for a in avoids} | avoided
    fresh = tuple(w for w in change.wants if w.key not in standing)
    wants = _merge(_without(profile.wants, avoided, "wants"), fresh)
    texts = [w for w in wants if w.facet == TEXT]
    if any(w.facet == TEXT for w in fresh):
        texts = texts[-KEPT_TEXTS:]
    return replace(
        profile,
        wants=tuple(w for w in wants if w.facet != TEXT or w in texts),
        avoids=_merge(avoids, change.avoids),
        limits=merge_limits(profile.limits, change.limits),
        liked=_ids(profile.liked, change.liked, without=change.disliked),
        disliked=_ids(profile.disliked, change.disliked, without=change.liked),
        seen=_ids(profile.seen, change.seen, without=()),
        dismissed=tuple(dict.fromkeys((*profile.dismissed, *change.dismissed))),
    )


def _spared(profile: Profile, change: ProfileChange) -> ProfileChange:
    """A change without what it would have less of though it was asked for by name: "less funny" stands
    for comedy too, but not after "a comedy"."""
    asked = {w.key for w in profile.wants if w.is_literal and not w.is_faded}
    kept = tuple(
        a for a in change.avoids if a.strength > EXCLUDES_FROM or a.is_literal or a.key not in asked
    )
    return change if len(kept) == len(change.avoids) else replace(change, avoids=kept)


def _faded(want: Preference) -> Preference:
    if want.by_hand or want.facet == CONTEXT:
        return want
    return replace(want, strength=min(want.strength, FADED))


def _let_in(avoids: tuple[Preference, ...], wants: list[Preference]) -> list[Preference]:
    """What still stands after these wishes. With a value that is wanted by its own name go the
    values that were only ruled out because they contain it ("folk horror" with "horror")."""
    wanted = {w.key for w in wants}
    reopened = {(a.quote, a.turn) for a in avoids if a.key in wanted}
    inside = [f" {singular(fold(w.value))} " for w in wants]
    also = {
        a.key
        for a in avoids
        if (a.quote, a.turn) in reopened
        and any(name in f" {singular(fold(a.value))} " for name in inside)
    }
    return _without(avoids, wanted | also, "avoids")


def _without(
    entries: tuple[Preference, ...], keys: set[tuple[str, str]], section: str
) -> list[Preference]:
    """Entries less those of `keys`; what is left of their words is named by its own part of them, or
    by its value where that part says more than is left too."""
    removed = [p for p in entries if p.key in keys]
    gone, parts = {(p.quote, p.turn) for p in removed}, {(p.phrase, p.turn) for p in removed}
    left = (p for p in entries if p.key not in keys)
    return [
        _relabelled(p, section, (p.phrase, p.turn) not in parts) if (p.quote, p.turn) in gone else p
        for p in left
    ]


def edited(profile: Profile, edit: Edit) -> Profile:
    """The profile after one edit by hand. What is not there, or cannot be edited so, stays as it is."""
    match edit.section:
        case "liked" | "disliked" as section:
            if edit.action != "flip" or edit.value not in getattr(profile, section):
                return profile
            other = "disliked" if section == "liked" else "liked"
            left = tuple(id for id in getattr(profile, section) if id != edit.value)
            return replace(
                profile, **{section: left, other: _ids(getattr(profile, other), (edit.value,), ())}
            )
        case "wants" | "avoids" as section:
            opposite: Literal["wants", "avoids"] = "avoids" if section == "wants" else "wants"
            entries: tuple[Preference, ...] = getattr(profile, section)
            key = Preference(edit.facet, edit.value, 1.0, "", 0).key
            old = next((p for p in entries if p.key == key), None)
            if old is None:
                return profile
            if edit.action != "flip":
                strength = restrengthened(section, old, edit.action)
                if strength is None:
                    return profile
                new = replace(old, strength=strength)
                changed: dict[str, Any] = {section: tuple(new if p is old else p for p in entries)}
                return replace(profile, **changed)
            if not can_flip(old):
                return profile
            against = (p for p in getattr(profile, opposite) if p.key != key)
            turned = {
                section: tuple(p for p in entries if p is not old),
                opposite: (*against, _turned(old, opposite)),
            }
            return replace(profile, **turned)


def can_flip(entry: Preference) -> bool:
    """Whether the opposite of a wish can be kept: of likeness to an item, or a title, it cannot."""
    return entry.facet not in (SIMILAR, "title")


def _turned(entry: Preference, to: Literal["wants", "avoids"]) -> Preference:
    words = entry.label or entry.quote.removesuffix(TURNED).removesuffix(CONFIRMED)
    if to == "avoids":
        label = f"no {words}"
    else:
        label = words[3:] if words.startswith("no ") else entry.value
    back = entry.by_hand and entry.quote.endswith(TURNED)
    quote = entry.quote.removesuffix(TURNED) if back else f"{entry.quote}{TURNED}"
    return replace(entry, quote=quote, label=label, by_hand=quote.endswith((TURNED, CONFIRMED)))


def level(section: Literal["wants", "avoids"], entry: Preference) -> int:
    """How much an entry counts, in the three steps that can be chosen by hand: 2 is the most.

    A wish is strong, plain or weak; of what is avoided there is none, fewer, or slightly fewer.
    Words of no facet are searched for as they are, so a wish for them is always plain.
    """
    bounds = ((FEWER + SLIGHTLY_FEWER) / 2, EXCLUDES_FROM) if section == "avoids" else (0.6, 0.9)
    is_text = section == "wants" and entry.facet == TEXT
    return 1 if is_text else sum(entry.strength >= bound for bound in bounds)


def restrengthened(
    section: Literal["wants", "avoids"], entry: Preference, action: EditAction
) -> float | None:
    """The strength one step less or more, or None where there is no further step."""
    steps = (WEAK, PLAIN, STRONG) if section == "wants" else (SLIGHTLY_FEWER, FEWER, STRONG)
    step = level(section, entry) + (1 if action == "strengthen" else -1)
    is_text = section == "wants" and entry.facet == TEXT
    return None if is_text or not 0 <= step < len(steps) else steps[step]


def _merge(earlier: list[Preference], later: tuple[Preference, ...]) -> tuple[Preference, ...]:
    merged = {p.key: p for p in earlier}
    for preference in later:
        merged.pop(preference.key, None)
        merged[preference.key] = preference
    return tuple(merged.values())


def _remove(profile: Profile, removal: Removal) -> Profile:
    match removal.section:
        case "wants" | "avoids" as section:
            key = Preference(removal.facet, str(removal.value), 1.0, "", 0).key
            left = _without(getattr(profile, section), {key}, section)
            changed: dict[str, Any] = {section: tuple(left)}
            return replace(profile, **changed)
        case "limits":
            limits = (x for x in profile.limits if not _matches(x, removal))
            return replace(profile, limits=tuple(limits))
        case "liked" | "disliked" | "seen" as section:
            ids = tuple(id for id in getattr(profile, section) if id != removal.value)
            return replace(profile, **{section: ids})


def _relabelled(entry: Preference, section: str, whole: bool) -> Preference:
    """An entry whose quote says more than what is left of it, named by its own words instead."""
    said = (entry.phrase if whole else "") or entry.value
    return replace(entry, label=entry.label or (f"no {said}" if section == "avoids" else said))


def _matches(limit: Limit, removal: Removal) -> bool:
    same_op = removal.op is None or removal.op == limit.op
    return limit.facet == removal.facet and same_op and removal.value in ("", limit.value)


def _ids(
    earlier: tuple[str, ...], later: tuple[str, ...], without: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(id for id in dict.fromkeys((*earlier, *later)) if id not in without)
