"""Amounts that are meant roughly: "around 90 minutes", "about 80 euros, please", "一百块左右"."""

from chatbot.quantities import Quantity
from chatbot.words import pattern
from retrieval.constraints import Op

MEANT = ("clock", "minutes", "money", "count")
"""Kinds of amounts that say what they count; years have decades for it."""
_SPREADS = ((10.0, 2.0), (50.0, 5.0), (100.0, 10.0))
"""By how much a price below the first figure may be off."""
SHARE = 8  # of any other amount: an eighth up or down
SHORT, MINUTES, FEW_MINUTES = 40.0, 10.0, 5.0


def said_roughly(amount: Quantity, before: str, after: str, language: str) -> range | None:
    """The characters of an amount that is a wish and said to be rough; what is only told ("it took
    about two hours") is neither."""
    if amount.kind not in MEANT:
        return None
    earlier = pattern("limits", "words.rough_before", language).search(before)
    later = pattern("limits", "words.rough_behind", language).search(after)
    opening, closing = earlier.start() if earlier else len(before), later.end() if later else 0
    opens = pattern("limits", "words.rough_opens", language).search(before[:opening])
    if amount.kind == "money":
        opens = opens or pattern("limits", "words.rough_price", language).search(before[:opening])
    closes = pattern("limits", "words.rough_closes", language).search(after[closing:])
    meant = (earlier or later) and opens and closes
    return range(opening, amount.end + closing) if meant else None


def roughly(amount: Quantity) -> tuple[tuple[Op, float], tuple[Op, float]]:
    """From where and up to where such an amount reaches."""
    value = amount.high
    if amount.kind in ("clock", "minutes"):
        spread = MINUTES if value >= SHORT else FEW_MINUTES
    else:
        off = (s for below, s in _SPREADS if value < below and amount.kind == "money")
        spread = next(off, float(round(value / SHARE)))
    return (">=", max(amount.low - spread, 0.0)), ("<=", value + spread)
