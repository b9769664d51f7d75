"""What may be shown, written a second time from the promise alone.

It reads the row of a catalogue file and the profile as JSON, and knows nothing of how the program
keeps its promises: no import of ours stands here.
"""

import math
import re
import unicodedata
from typing import Any

WARNINGS = {"content_notes", "warnings", "allergens"}
ARTICLES = {"the", "a", "an"}
NUMERALS = {"ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"}
PARTS = {"part", "chapter", "volume", "vol", "episode", "book"}
Json = dict[str, Any]


def words(text: Any) -> list[str]:
    """The words of a text, without case, accents, apostrophes and punctuation. A Chinese character
    is a word of its own (UAX 29)."""
    plain = re.sub("['’]", "", str(text)).replace("½", " 1 2")
    plain = unicodedata.normalize("NFKD", plain).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.findall(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+", plain)


def listed(row: Json, field: str) -> list[Any]:
    """What a row says in a field, as a list."""
    value = row.get(field)
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list) else [value]


def carries(row: Json, field: str, value: Any) -> bool:
    """Whether one of the words of a field is `value`."""
    return any(words(v) == words(value) for v in listed(row, field))


def number(row: Json, field: str) -> float | None:
    """A number that the row knows."""
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def inside(phrase: list[str], text: Any) -> bool:
    """Whether a phrase stands in a text: word by word, a plural's s left aside."""
    said, wanted = ([w.removesuffix("s") for w in ws] for ws in (words(text), phrase))
    if any(ord(c) > 0x2E80 for w in phrase for c in w):
        return "".join(phrase) in "".join(words(text))
    return any(said[i : i + len(wanted)] == wanted for i in range(len(said)))


def same_series(title: str, name: str) -> bool:
    """Whether a title is `name`, or one of its series: what stands behind it is a subtitle, a number
    or a part; a name of several words is looked for anywhere."""
    said, named = words(title), words(name)
    said = said[1:] if said[:1] and said[0] in ARTICLES and len(said) > 1 else said
    named = named[1:] if named[:1] and named[0] in ARTICLES and len(named) > 1 else named
    if not named:
        return title.strip() == name.strip()
    if said == named:
        return True
    if len(named) > 1:
        return any(said[i : i + len(named)] == named for i in range(len(said)))
    if said[: len(named)] != named:
        return False
    rest = said[len(named) :]
    head = words(re.split(r"[:：]| [-–—] ", title)[0])
    return head[-1:] == named or rest[0].isdigit() or rest[0] in NUMERALS or rest[0] in PARTS


def let_through(row: Json, entry: Json) -> bool:
    """Whether an entry names the row, or a word of it, as what it does not apply to."""
    return any(
        row["id"] == u["value"] if u["facet"] == "id" else carries(row, u["facet"], u["value"])
        for u in entry.get("unless", ())
    )


def breaks_exclusion(row: Json, avoid: Json) -> bool:
    """Whether a row is of what was ruled out."""
    if let_through(row, avoid):
        return False
    facet, value = avoid["facet"], avoid["value"]
    if facet == "title":
        return same_series(str(row["title"]), str(value))
    if facet == "text":
        phrase = words(value)
        texts = [v for f in row for v in listed(row, f) if isinstance(v, str)]
        return bool(phrase) and any(inside(phrase, text) for text in texts)
    if facet in WARNINGS and row.get(facet) is None:
        return True
    return bool(words(value)) and carries(row, facet, value)


def breaks_limit(row: Json, limit: Json) -> bool:
    """Whether a row is beyond a limit, or does not say."""
    if let_through(row, limit):
        return False
    facet, op, value = limit["facet"], limit["op"], limit["value"]
    if isinstance(value, str):
        if facet in ("title", "text"):
            ruled_out = breaks_exclusion(row, {"facet": facet, "value": value})
            return ruled_out if op == "!=" else op == "=" and not ruled_out
        if op == "!=":
            return breaks_exclusion(row, {"facet": facet, "value": value})
        return op != "=" or not carries(row, facet, value)
    known = number(row, facet)
    if known is None:
        return True
    holds = {
        "<": known < value, "<=": known <= value, "=": known == value,
        ">=": known >= value, ">": known > value, "!=": known != value,
    }  # fmt: skip
    return not holds[op]


def faults(row: Json, profile: Json, shown: set[str], hidden: set[str]) -> list[str]:
    """Everything that is wrong with showing `row` to a visitor of this profile."""
    wrong = [
        f"breaks {limit['facet']} {limit['op']} {limit['value']!r}"
        for limit in profile["limits"]
        if breaks_limit(row, limit)
    ]
    wrong += [
        f"is of {avoid['facet']}: {avoid['value']!r}, ruled out"
        for avoid in profile["avoids"]
        if avoid["strength"] >= 0.5 and breaks_exclusion(row, avoid)
    ]
    wrong += [f"was {section}" for section in ("disliked", "seen") if row["id"] in profile[section]]
    wrong += ["was hidden"] if row["id"] in hidden else []
    return wrong + (["was shown before"] if row["id"] in shown else [])


class Memory:
    """What a visitor was shown, list by list. Nothing of it comes back, unless they take a change back:
    then one of these lists may, without what is out by now, in its order and with nothing else."""

    def __init__(self) -> None:
        self.lists: list[list[str]] = []

    def out(self, here: list[str], undone: bool) -> set[str]:
        """What may not be on the list `here`."""
        shown = {id for each in self.lists for id in each}
        if undone and any(self._is_part(here, each) for each in self.lists):
            return shown - set(here)
        return shown

    @staticmethod
    def _is_part(here: list[str], earlier: list[str]) -> bool:
        return here == [id for id in earlier if id in here]

    def add(self, here: list[str]) -> None:
        """Keep a list that was shown just now."""
        if here:
            self.lists.append(here)
