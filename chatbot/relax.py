"""When nothing may be shown: which promises empty the list, and what giving way would free.

An item that breaks no promise but one comes back when that one goes; so the promises that an item
breaks, item by item, say everything: the smallest sets are the smallest steps. A limit on a number
need not go at all, it can move to the nearest value that frees something. Every count is made by
applying the very change that is offered. Nothing here changes a profile by itself.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.profile import (
    EXCLUDES_FROM,
    Limit,
    Preference,
    Profile,
    ProfileChange,
    Removal,
    apply,
)
from chatbot.voice import ENGLISH, Voice
from retrieval.constraints import Columns, Constraint, Op
from retrieval.measures import measure_of
from retrieval.text import fold

YEARS_STEP = 5


@dataclass(frozen=True)
class Relaxation:
    """What the visitor could give up (`quotes`, their own words), what to say for it (`answer`), what
    that changes, and how many items could then be shown. `nearest` is given for a limit that moves
    instead of going: the number, with its unit, that comes closest to it."""

    quotes: tuple[str, ...]
    answer: str
    remaining: int
    change: ProfileChange
    nearest: str = ""


@dataclass(frozen=True)
class _Promise:
    """What one phrase of the visitor rules out, and the rows that keep to it."""

    name: str
    limits: tuple[Limit, ...]
    avoids: tuple[Preference, ...]
    kept: NDArray[np.bool_]

    @property
    def constraints(self) -> list[Constraint]:
        found = [limit.constraint for limit in self.limits]
        return found + [Constraint(a.facet, "!=", a.value, a.unless) for a in self.avoids]

    @property
    def removals(self) -> tuple[Removal, ...]:
        found = [Removal("limits", x.facet, x.value, x.op) for x in self.limits]
        return (*found, *(Removal("avoids", a.facet, a.value) for a in self.avoids))


def relaxations(
    profile: Profile, columns: Columns, hidden: frozenset[str], turn: int, voice: Voice = ENGLISH
) -> list[Relaxation]:
    """What would free something, the smallest steps only: limits that can move, then promises (or, where
    no single one frees anything, the smallest sets of them) that can go, each with its true count.

    `hidden` are the ids that may not be shown in any case. Empty where nothing would help, or where
    there is something to show as it is.
    """
    promises = _promises(profile, columns)
    free = columns.allowed((), hidden)
    if not promises or not free.any():
        return []
    broken = np.array([~p.kept for p in promises])[:, free]
    least = int(broken.sum(axis=0).min())
    if least == 0:
        return []
    steps: Counter[tuple[int, ...]] = Counter(
        tuple(np.flatnonzero(b).tolist()) for b in broken.T if b.sum() == least
    )
    found: list[Relaxation] = []
    if least == 1:
        for (one,), _ in steps.most_common():
            moved = _moved(promises[one], promises, columns, free, turn, voice)
            found += [_counted(m, profile, promises, (one,), columns, hidden) for m in moved]
    for step, _ in sorted(steps.items(), key=lambda s: (-s[1], s[0])):
        names = tuple(promises[i].name for i in step)
        removals = tuple(r for i in step for r in promises[i].removals)
        quotes = voice.phrase("joint.and").join(voice.quoted(names))
        answer = voice.phrase("give_way.forget", quotes=quotes)
        gone = Relaxation(names, answer, 0, ProfileChange(removals=removals))
        found.append(_counted(gone, profile, promises, step, columns, hidden))
    return list({fold(r.answer): r for r in reversed(found) if r.remaining}.values())[::-1]


def _promises(profile: Profile, columns: Columns) -> list[_Promise]:
    limits: dict[str, list[Limit]] = {}
    avoids: dict[str, list[Preference]] = {}
    for limit in profile.limits:
        limits.setdefault(limit_name(limit), []).append(limit)
    for avoid in profile.avoids:
        if avoid.strength >= EXCLUDES_FROM:
            avoids.setdefault(avoid.name, []).append(avoid)
    found = []
    for name in dict.fromkeys((*limits, *avoids)):
        promise = _Promise(
            name, tuple(limits.get(name, ())), tuple(avoids.get(name, ())), np.empty(0, np.bool_)
        )
        kept = columns.allowed(promise.constraints, ())
        found.append(_Promise(name, promise.limits, promise.avoids, kept))
    return found


def limit_name(limit: Limit) -> str:
    """What a visitor sees of a limit: their words, or what is left of them."""
    return limit.quote if limit.whole else f"{limit.facet} {limit.op} {limit.value}"


def _counted(
    offer: Relaxation,
    profile: Profile,
    promises: Sequence[_Promise],
    given_up: Sequence[int],
    columns: Columns,
    hidden: frozenset[str],
) -> Relaxation:
    """The offer with its count; a count of 0 for one that would let go of more than it says."""
    after = apply(profile, offer.change).constraints
    others = (p.constraints for n, p in enumerate(promises) if n not in given_up)
    whole = all(constraint in after for constraints in others for constraint in constraints)
    count = int(columns.allowed(after, hidden).sum()) if whole else 0
    return Relaxation(offer.quotes, offer.answer, count, offer.change, offer.nearest)


def _moved(
    promise: _Promise,
    promises: Sequence[_Promise],
    columns: Columns,
    free: NDArray[np.bool_],
    turn: int,
    voice: Voice,
) -> list[Relaxation]:
    """The promise with the bound that is in the way moved as far as the nearest item, if it is about one
    number: to that value for an exact one, else to the next round one."""
    facets = {limit.facet for limit in promise.limits}
    bounds = [x for x in promise.limits if not isinstance(x.value, str) and x.op != "!="]
    if promise.avoids or len(facets) != 1 or len(bounds) != len(promise.limits):
        return []
    facet = facets.pop()
    within = free & np.logical_and.reduce([free, *(p.kept for p in promises if p is not promise)])
    numbers = np.unique(columns.number(facet)[within])
    numbers = numbers[np.isfinite(numbers)]
    low = max((float(x.value) for x in bounds if x.op in (">", ">=", "=")), default=-math.inf)
    high = min((float(x.value) for x in bounds if x.op in ("<", "<=", "=")), default=math.inf)
    if not len(numbers) or low > high:
        return []
    away = np.maximum(np.maximum(low - numbers, numbers - high), 0)
    nearest = float(numbers[int(away.argmin())])
    over = nearest >= high
    in_the_way = [x for x in bounds if x.op == "=" or (x.op in ("<", "<=")) == over]
    exact = any(x.op == "=" for x in in_the_way)
    op: Op = "=" if exact else "<=" if over else ">="
    to = nearest if exact else _round(facet, nearest, up=over)
    value = int(to) if float(to).is_integer() else to
    answer = said(facet, op, value, voice)
    removals = tuple(Removal("limits", facet, x.value, x.op) for x in in_the_way)
    limit = Limit(facet, op, value, answer, turn)
    change = ProfileChange(removals=removals, limits=(limit,))
    return [Relaxation((promise.name,), answer, 0, change, _with_unit(facet, nearest, voice))]


def _round(facet: str, number: float, up: bool) -> float:
    """The next round number at or beyond `number`."""
    size = abs(number)
    step = 10.0 ** max(math.floor(math.log10(size)) - 1, 1) if size >= 100 else 10.0
    step = step if size >= 50 else 5.0 if size >= 10 else 1.0
    step = YEARS_STEP if _kind(facet) == "year" else step
    return (math.ceil(number / step) if up else math.floor(number / step)) * step


def _with_unit(facet: str, number: float, voice: Voice) -> str:
    return voice.phrase(f"give_way.{_kind(facet)}", n=f"{number:g}", field=_called(facet, voice))


def said(facet: str, op: Op, value: float, voice: Voice = ENGLISH) -> str:
    """A limit in words that a visitor would use: "up to 100 minutes", "1975 or later"."""
    degree = {"<=": "most", ">=": "least"}.get(op, "exactly")
    return voice.phrase(f"limit.{_kind(facet)}.{degree}", n=value, field=_called(facet, voice))


def _kind(facet: str) -> str:
    measured = measure_of(facet)
    kind = measured.kind if measured and measured.factor == 1 else ""
    return kind if kind in ("year", "minutes") else "number"


def _called(facet: str, voice: Voice) -> str:
    """A field by the name that an answer of the visitor's is read by; in English, its own."""
    return facet if voice == ENGLISH else voice.field(facet)
