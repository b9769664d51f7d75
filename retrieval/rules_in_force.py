"""What the owner's rules come to on a day for the items of a catalogue, and reading them anew.

The rules of a file are read again when it changes. A turn keeps the value it began with.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import Catalogue
from retrieval.constraints import Columns
from retrieval.errors import RulesError
from retrieval.owner_rules import Boost, Bury, OwnerRules, Pin, Stated, read_rules
from retrieval.stock import out_of_stock

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PinInForce:
    """A place of a list, from 1, and the ids of which one may be put there."""

    place: int
    ids: frozenset[str]


@dataclass(frozen=True)
class InForce:
    """The owner's rules on one day, by item. The default is no rule at all."""

    hidden: frozenset[str] = frozenset()
    """Never shown: what a rule hides, and what is out of stock unless the owner shows it."""
    lifts: Mapping[str, float] = field(default_factory=dict)
    """How much an item is boosted (above 0) or buried (below), in [-1, 1]."""
    pins: tuple[PinInForce, ...] = ()
    """The first that can be kept in a list is; no other."""
    sponsored: frozenset[str] = frozenset()
    """Meant by a sponsored rule, whether or not that moved them: labelled wherever they are shown."""
    out_of_stock: frozenset[str] = frozenset()
    """Hidden or not, so that no face takes one for available."""
    version: str = ""


NO_RULES = InForce()


def today() -> date:
    """The day where the server stands."""
    return datetime.now(UTC).astimezone().date()


def meant(stated: Stated, columns: Columns) -> NDArray[np.bool_]:
    """A mask over rows, shape `(items,)`: the items that meet every condition of a rule."""
    mask = np.ones(len(columns.ids), dtype=np.bool_)
    for condition in stated.conditions:
        met = np.zeros(len(mask), dtype=np.bool_)
        for c in condition.any_of:
            if not isinstance(c.value, str):
                met |= columns.satisfying(c)
            elif c.facet == "id":
                met[[columns.row[c.value]] if c.value in columns.row else []] = True
            else:
                met[columns.carrying(c.facet, c.value)] = True
        mask &= met
    return mask


def in_force(rules: OwnerRules, day: date, columns: Columns, catalogue: Catalogue) -> InForce:
    """What the rules say of each item on a day. Boosts and buries of one item add up, to 1 at most."""
    ids = np.array(columns.ids, dtype=object)
    gone = out_of_stock(catalogue.items.values(), catalogue.schema)
    hidden = set(gone) if rules.hide_out_of_stock else set()
    lift = np.zeros(len(ids))
    pins: list[PinInForce] = []
    sponsored: set[str] = set()
    for stated in rules.stated:
        if not stated.rule.is_in_force(day):
            continue
        mask = meant(stated, columns)
        match stated.rule:
            case Pin(place=place):
                pins.append(PinInForce(place, frozenset(ids[mask])))
            case Boost(by=by):
                lift += by * mask
            case Bury(by=by):
                lift -= by * mask
            case _:
                hidden |= set(ids[mask])
        if isinstance(stated.rule, Pin | Boost) and stated.rule.sponsored:
            sponsored |= set(ids[mask])
    lift = np.clip(lift, -1.0, 1.0)
    return InForce(
        frozenset(hidden),
        {columns.ids[n]: float(lift[n]) for n in np.flatnonzero(lift)},
        tuple(pins),
        frozenset(sponsored),
        gone,
        rules.version,
    )


class RulesFile:
    """The rules of a catalogue that is open, as its file says them now.

    Raises RulesError at the start for a file that is wrong. Later, and where there are rules `before`
    of an earlier version of the catalogue, a wrong file is told of in the log, once, and the rules
    before it go on.
    """

    def __init__(
        self,
        path: Path,
        columns: Columns,
        catalogue: Catalogue,
        before: "RulesFile | None" = None,
    ) -> None:
        self.path = path
        self._columns, self._catalogue = columns, catalogue
        self._lock = threading.Lock()
        self._stamp = stamp_of(path)
        self._rules: OwnerRules = before._rules if before else OwnerRules()
        self._read(may_fail=before is not None)
        self._day = today()
        self._in_force = in_force(self._rules, self._day, columns, catalogue)

    def now(self) -> InForce:
        """The rules of today."""
        stamp, day = stamp_of(self.path), today()
        with self._lock:
            if (stamp, day) == (self._stamp, self._day):
                return self._in_force
            if stamp != self._stamp:
                self._stamp = stamp
                self._read(may_fail=True)
            self._day = day
            self._in_force = in_force(self._rules, day, self._columns, self._catalogue)
            return self._in_force

    def again(self) -> None:
        """Work the rules out anew: prices or stock have changed."""
        with self._lock:
            self._in_force = in_force(self._rules, self._day, self._columns, self._catalogue)

    def _read(self, may_fail: bool) -> None:
        try:
            self._rules = read_rules(self.path, self._catalogue.schema)
        except RulesError as error:
            if not may_fail:
                raise
            log.warning("The owner's rules stay as they were: %s", error)


def stamp_of(path: Path) -> tuple[int, ...]:
    """What changes when a file is written anew; empty while there is none."""
    try:
        stat = path.stat()
    except OSError:
        return ()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
