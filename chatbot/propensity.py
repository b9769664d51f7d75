"""How likely it is that a visitor looks at a place of a list: assumed here, not measured.

What a visitor passes over says little unless they looked at it, and lower places are looked at less. The
position-based model of Joachims, Swaminathan and Schnabel (2017, "Unbiased Learning-to-Rank with
Biased Feedback") weighs a reaction by one over the probability that its place was examined. That
probability has to come from somewhere: until it is fitted on reactions of our own, it is the discount
of DCG (Järvelin and Kekäläinen 2002). Our ranking is deterministic, so the chance that an item was
*shown* at its place is 1, and what is logged as propensity is the examination alone.
"""

from math import log2

EXAMINATION = "examination assumed, 1/log2(1+position)"
"""What made a logged propensity: kept with every turn and in the manifest of samples."""


def propensity(position: int) -> float:
    """The assumed probability that the place `position`, from 1, is looked at.

    >>> [round(propensity(n), 3) for n in (1, 2, 3, 5)]
    [1.0, 0.631, 0.5, 0.387]
    """
    return round(1 / log2(1 + position), 6)
