"""Which acts stand when a second reader has been asked, and what they are about."""

from collections.abc import Collection, Sequence

from chatbot.acts import Act, ActName
from chatbot.remarks import ASKING
from chatbot.second_reader import ACT_NAMES, Cuts, Likely

KEPT: frozenset[ActName] = frozenset({"undo", "restart", "revoke"})
"""Acts that take something back: the rules alone say whether they are there."""
ON_ITEMS: frozenset[ActName] = ASKING | {"accept"}
"""Acts that are about items, and about which ones a second reader may say."""
ASIDE: frozenset[ActName] = ASKING | {"off-topic", "inquire-system", "inquire-profile"}
"""Acts beside which the rules take facet words and limits for no wishes."""


def what_is_meant(acts: Collection[ActName], shown: Sequence[str]) -> list[str]:
    """What is asked about or taken where no name says it: all of a list that is compared, or the one
    item that is shown."""
    if "compare" in acts:
        return list(shown)
    return list(shown) if set(acts) & ON_ITEMS and len(shown) == 1 else []


def reviewed_acts(
    rules: Sequence[Act], text: str, likely: Likely, cuts: Cuts, avoids: bool, asks_for: bool
) -> tuple[Act, ...]:
    """Point 5. There is always one; nothing is said to be ruled out where nothing is."""
    read = {act.act for act in rules}
    stands = {
        n for n in ACT_NAMES if n not in KEPT and cuts.holds("act", n in read, likely.acts[n])
    }
    stands |= read & KEPT
    stands -= set() if avoids or "negate" in read else {"negate"}
    if asks_for or ("critique" in read and not (read & ASIDE or "?" in text)):
        stands -= ASIDE | {"accept"}  # "it should be shorter than the second" asks nothing
    if len(stands) > 1:
        stands.discard("off-topic")
    acts = [act for act in rules if act.act in stands]
    acts += [Act(name, text[:80]) for name in ACT_NAMES if name in stands - read]
    return tuple(acts) or tuple(rules)
