"""Limits: bounds that no shown item may break, and which of them give way to a later one."""

from dataclasses import dataclass, replace

from retrieval.constraints import Constraint, Op
from retrieval.text import fold


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


def merge_limits(earlier: tuple[Limit, ...], later: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """Earlier and later limits together; what gives way is left out."""
    kept = list(earlier)
    for limit in later:
        gone = {(k.quote, k.turn) for k in kept if gives_way(k, limit)}
        kept = [
            replace(k, whole=k.whole and (k.quote, k.turn) not in gone)
            for k in kept
            if not gives_way(k, limit)
        ]
        kept.append(limit)
    return tuple(kept)


def gives_way(old: Limit, new: Limit) -> bool:
    """Whether an earlier limit is replaced: same side of the same facet, or no value meets both."""
    if old.facet != new.facet:
        return False
    if old.side == new.side:
        return True
    if isinstance(old.value, str) or isinstance(new.value, str):
        return {old.op, new.op} == {"=", "!="} and fold(str(old.value)) == fold(str(new.value))
    low, high = (old, new) if old.side == "lower" else (new, old)
    return low.side == "lower" and high.side == "upper" and float(low.value) > float(high.value)
