"""Four ways of talking about the same thing: how much a seeker says, how vaguely, how strictly.

All shares are chances in [0, 1] a turn, ours by judgement; a table by persona shows what they do.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """How somebody talks. The text is never about what they seek, only about how they say it."""

    name: str
    opens: tuple[int, int]
    """Wishes in the first utterance, least and most."""
    wishes: tuple[int, int]
    """Wishes altogether that come to mind unasked, least and most."""
    rules: tuple[int, int]
    """Exclusions and limits altogether, least and most; what is sought keeps to all of them."""
    adds: float
    """Says a further wish or rule of their own accord."""
    remarks: float
    """Compares what is shown with what they have in mind."""
    answers: float
    """Answers a question rather than speaking of something else."""
    waves: float
    """Waves a question off, though there would be an answer."""
    goes_on: float
    """Says something more behind an answer."""
    broad: float
    """Takes the commoner of two words for a thing, a decade for a year."""
    typos: float
    """Mistypes a word of an utterance."""


TALKATIVE = Persona(
    "talkative", (2, 3), (4, 6), (0, 1), adds=0.8, remarks=0.7, answers=0.7, waves=0.05,
    goes_on=0.4, broad=0.2, typos=0.05,
)  # fmt: skip
TERSE = Persona(
    "terse", (1, 1), (2, 3), (0, 1), adds=0.25, remarks=0.35, answers=0.9, waves=0.1,
    goes_on=0.0, broad=0.3, typos=0.08,
)  # fmt: skip
PICKY = Persona(
    "picky", (1, 2), (2, 4), (2, 3), adds=0.6, remarks=0.7, answers=0.7, waves=0.05,
    goes_on=0.2, broad=0.1, typos=0.03,
)  # fmt: skip
VAGUE = Persona(
    "vague", (1, 1), (2, 3), (0, 1), adds=0.4, remarks=0.45, answers=0.8, waves=0.25,
    goes_on=0.1, broad=0.9, typos=0.05,
)  # fmt: skip
PERSONAS = (TALKATIVE, TERSE, PICKY, VAGUE)
