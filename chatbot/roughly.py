"""Amounts that are meant roughly: "around 90 minutes", "about 80 euros, please", "from around 1985", "一百块左右"."""

from chatbot.quantities import Kind, Quantity
from chatbot.words import pattern
from retrieval.constraints import Op

MEANT = ("clock", "minutes", "money", "count", "bare", "year")
"""Kinds of amounts; decades and centuries are rough already."""
YEARS = 3.0
"""By how many years a year may be off."""
_SPREADS = ((10.0, 2.0), (50.0, 5.0), (100.0, 10.0))
"""By how much a price below the first figure may be off."""
SHARE = 8  # of any other amount: an eighth up or down
SHORT, MINUTES, FEW_MINUTES = 40.0, 10.0, 5.0


def said_roughly(kind: Kind, before: str, after: str, language: str) -> tuple[int, int] | None:
    """How many characters stand before an amount that is a wish and said to be rough, and how many behind
    it say so; None for what is only told: "it took about two hours"."""
    if kind not in MEANT:
        return None
    earlier = pattern("limits", "words.rough_before", language).search(before)
    if kind == "year" and not pattern("limits", "words.rough_year", language).search(before):
        earlier = None  # "a film about 1984"
    later = pattern("limits", "words.rough_behind", language).search(after)
    opening, closing = earlier.start() if earlier else len(before), later.end() if later else 0
    opens = pattern("limits", "words.rough_opens", language).search(before[:opening])
    if kind == "year":
        dated = pattern("limits", "words.rough_dated", language).search(before)
        opens = opens or earlier or dated
    if kind == "money":
        opens = opens or pattern("limits", "words.rough_price", language).search(before[:opening])
    closes = pattern("limits", "words.rough_closes", language).search(after[closing:])
    meant = (earlier or later) and opens and closes
    return (opening, closing) if meant else None


def roughly(amount: Quantity) -> tuple[tuple[Op, float], tuple[Op, float]]:
    """From where and up to where such an amount reaches."""
    value = amount.high
    if amount.kind in ("clock", "minutes"):
        spread = MINUTES if value >= SHORT else FEW_MINUTES
    elif amount.kind == "year":
        spread = YEARS
    else:
        priced = amount.kind == "money" or (amount.kind == "bare" and value >= SHARE)
        off = (s for below, s in _SPREADS if value < below and priced)
        spread = next(off, round(value / SHARE, 0 if value >= SHARE else 1))
    return (">=", max(amount.low - spread, 0.0)), ("<=", value + spread)
