"""The place of each label in each ranking of the whole catalogue, and what these places come to.

Rankings are arrays of the catalogue's rows: what a ranking names itself in its own order, the rest
behind it, the most popular first. A label's place counts from 1; infinity where it has none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from finetune.metrics import bootstrap, gains, summarise
from finetune.samples import Sample

Part = Literal["all", "new"]
PARTS: tuple[Part, ...] = ("all", "new")
NOWHERE = float("inf")


@dataclass(frozen=True)
class Label:
    """One label of one sample; `new` if the samples' file does not list it as named before."""

    sample: str
    dialogue: str
    label: str
    new: bool


def places(
    first: NDArray[np.intp], behind: NDArray[np.intp], gone: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """The place of every row, shape `(items,)`: the rows of `first`, each once, then the others in the
    order of `behind`, which holds every row; those that are `gone` have none, and leave no gap."""
    named = np.zeros(len(behind), dtype=np.bool_)
    named[first] = True
    order = np.concatenate([first, behind[~named[behind]]])
    if gone is not None:
        order = order[~gone[order]]
    found = np.full(len(behind), NOWHERE)
    found[order] = np.arange(1, len(order) + 1)
    return found


@dataclass
class Ledger:
    """Labels with their places in every ranking.

    `row` says where in the catalogue an id stands, `behind` is what every ranking goes on with:
    all rows, the most popular first, as the catalogue has them among equals.
    """

    row: Mapping[str, int]
    behind: NDArray[np.intp]
    labels: list[Label] = field(default_factory=list)
    ranks: dict[str, dict[Part, list[float]]] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Mapping[str, int], popularity: NDArray[np.float64]) -> "Ledger":
        """An empty one for a catalogue."""
        return cls(row, np.lexsort((np.arange(len(row)), -popularity)))

    def rows(self, ids: Iterable[str]) -> NDArray[np.intp]:
        """The rows of those ids that the catalogue has, each once."""
        known = (self.row[id] for id in dict.fromkeys(ids) if id in self.row)
        return np.fromiter(known, dtype=np.intp)

    def add(
        self,
        sample: Sample,
        named: Iterable[str],
        orders: Mapping[str, Iterable[str]],
        hidden: Mapping[str, Iterable[str]],
    ) -> None:
        """Take in the places of one sample's labels, in rankings given as ids.

        Ids in `named` are out of the ranking where labels are counted as new; those in `hidden` are
        out of the ranking of that name altogether.
        """
        known = set(sample.mentioned)
        fresh = [label not in known for label in sample.labels]
        for label, new in zip(sample.labels, fresh, strict=True):
            self.labels.append(Label(sample.id, sample.group, label, new))
        at = [self.row.get(label, -1) for label in sample.labels]
        said = self.rows(named)
        for name, order in orders.items():
            first = self.rows(order)
            gone = np.zeros(len(self.behind), dtype=np.bool_)
            gone[self.rows(hidden.get(name, ()))] = True
            whole = places(first, self.behind, gone)
            gone[said] = True
            rest = places(first, self.behind, gone)
            kept = self.ranks.setdefault(name, {"all": [], "new": []})
            kept["all"] += [float(whole[n]) if n >= 0 else NOWHERE for n in at]
            kept["new"] += [
                float(rest[n]) if n >= 0 else NOWHERE
                for n, new in zip(at, fresh, strict=True)
                if new
            ]

    def groups(self, part: Part) -> list[str]:
        """The dialogue of every label of a part."""
        return [label.dialogue for label in self.labels if label.new or part == "all"]

    def table(self, name: str) -> dict[str, Any]:
        """Every measure of a ranking, with its interval, for both parts."""
        return {
            part: _plain(summarise(self.ranks[name][part], self.groups(part))) for part in PARTS
        }

    def ahead(self, name: str, other: str, measures: Sequence[str] = ()) -> dict[str, Any]:
        """How much higher a ranking scores than another on the same labels: mean differences with
        intervals from resampled dialogues, of the given measures or of all."""
        found: dict[str, Any] = {}
        for part in PARTS:
            ours, theirs = (gains(np.asarray(self.ranks[row][part])) for row in (name, other))
            found[part] = _plain(
                {
                    measure: bootstrap(ours[measure] - theirs[measure], self.groups(part))
                    for measure in (measures or ours)
                }
            )
        return found


def _plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: asdict(interval) for name, interval in figures.items()}
