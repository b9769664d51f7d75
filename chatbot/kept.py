"""Whether what a visitor was promised still holds."""

from chatbot.profile import Profile
from retrieval.constraints import Constraint


def keeps(floor: Profile, after: Profile) -> bool:
    """Whether every promise of one profile still holds under another: each limit and exclusion, the
    same or stricter, and every item that is out because it was liked, disliked or seen."""
    now = set(after.constraints)
    missing = [c for c in floor.constraints if c not in now]
    hidden = {*floor.liked, *floor.disliked, *floor.seen}
    return all(any(_implies(new, old) for new in now) for old in missing) and hidden <= {
        *after.liked,
        *after.disliked,
        *after.seen,
    }


def _implies(new: Constraint, old: Constraint) -> bool:
    """Whether whatever meets `new` meets `old`: bounds of the same number only."""
    if new.facet != old.facet or isinstance(new.value, str) or isinstance(old.value, str):
        return False
    match old.op:
        case "<" | "<=":
            within = new.value < old.value or (new.value == old.value and old.op == "<=")
            return new.op in ("<", "<=", "=") and within
        case ">" | ">=":
            within = new.value > old.value or (new.value == old.value and old.op == ">=")
            return new.op in (">", ">=", "=") and within
        case _:
            return False
