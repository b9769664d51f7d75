"""What is said of an item: seen, liked, disliked, wanted the like of, asked about, or ruled out.

The turns of phrase are in `words/<language>/items.toml`.
"""

import re
from functools import cache
from typing import Literal

from chatbot.words import cues, entries

Opinion = Literal["seen", "liked", "disliked", "similar", "excluded", "excepted", "unseen", "named"]
TASTE: tuple[Opinion, ...] = ("liked", "disliked", "seen")
"""The opinions that end on the profile."""


def opinion(before: str, after: str, language: str = "en") -> tuple[Opinion, ...]:
    """What the words around an item's name say of it; ("named",) if nothing.

    `before` and `after` are the lower-case words of its clause, without punctuation, names that
    share its place in a list left out. Seen and liked can both be said: "seen it, loved it".
    """
    earlier: Opinion = next(
        (said for said, expression in _table("before", language) if expression.search(before)),
        "named",
    )
    later = {said for said, expression in _table("after", language) if expression.search(after)}
    if earlier == "seen" and not later & {"liked", "disliked"}:
        later |= set(verdict(after, language))
    if earlier == "similar" and not cues("speaker", language) & set(after.split()):
        later.discard("liked")  # "like Alien, but funny": how it should be, and not how Alien was
    if earlier == "excluded" and "disliked" in later:
        earlier = "named"
    if earlier in ("excluded", "disliked") or (earlier == "unseen" and "seen" not in later):
        return (earlier,)
    for said in ("excepted", "excluded"):
        if said in later:
            return (said,)
    if "unseen" in later and earlier != "seen":
        return ("unseen",)
    if "disliked" in later:
        later.discard("liked")
        earlier = "named" if earlier in ("liked", "similar") else earlier
    found = [said for said in TASTE if said in later or said == earlier]
    similar = earlier == "similar" or "similar" in later
    return (*found, "similar") if similar else tuple(found) or (earlier,)


def verdict(clause: str, language: str = "en") -> tuple[Opinion, ...]:
    """What a clause says of what was seen: "good", "far too long"."""
    found = {said for said, expression in _table("verdicts", language) if expression.search(clause)}
    return tuple(
        said for said in TASTE if said in found - ({"liked"} if "disliked" in found else set())
    )


def remark(clause: str, language: str = "en") -> tuple[Opinion, ...]:
    """What a clause says of an item that it does not name: "seen it", "great film!", "not for me"."""
    found = [said for said, expression in _table("remarks", language) if expression.search(clause)]
    if "unseen" in found:
        return ("unseen", "disliked") if "disliked" in found else ("unseen",)
    if "disliked" in found:
        found = [said for said in found if said != "liked"]
    return tuple(dict.fromkeys(found))


@cache
def _table(name: str, language: str) -> list[tuple[Opinion, re.Pattern[str]]]:
    return [(said, re.compile(expression)) for said, expression in entries("items", name, language)]
