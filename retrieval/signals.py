"""What a row of interactions means: which column is which, and what events are worth.

Three kinds of value. **Events** are words; `EVENTS` says how surely each speaks of liking, from -1 to
1, and a word that is not there is a bad row, unless it is given a worth. **Ratings** are numbers on
any scale; whether one is a like is seen against the user's own mean (`retrieval/likes.py`).
**Counts** are numbers of times: each is worth `ONCE`. A file without values is all likes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from retrieval.errors import InteractionsError

Values = Literal["ratings", "counts", "events"]

PARTS: Mapping[str, tuple[str, ...]] = {
    "user": (
        *("user", "userid", "uid", "visitor", "visitorid", "customer", "customerid", "client"),
        *("clientid", "member", "memberid", "account", "accountid", "reviewer", "reviewerid"),
        *("person", "personid", "profileid", "session", "sessionid"),
    ),
    "item": (
        *("item", "itemid", "product", "productid", "productcode", "sku", "asin", "movie"),
        *("movieid", "film", "filmid", "book", "bookid", "isbn", "game", "gameid", "recipe"),
        *("recipeid", "article", "articleid", "track", "trackid", "content", "contentid"),
    ),
    "value": (
        *("rating", "stars", "score", "overall", "event", "eventtype", "eventname", "action"),
        *("interaction", "interactiontype", "behaviour", "behavior", "value", "preference"),
        *("count", "quantity", "qty", "plays", "playcount", "times", "type"),
    ),
    "time": (
        *("timestamp", "time", "date", "datetime", "ts", "eventtime", "createdat", "created"),
        *("unixreviewtime", "when", "day"),
    ),
}
"""Names of columns, without case and punctuation; of several that are there the first counts."""

COUNTED = frozenset({"count", "quantity", "qty", "plays", "playcount", "times"})
"""Value columns whose numbers say how often, not how good."""

EVENTS: Mapping[str, float] = {
    **dict.fromkeys(("purchase", "buy", "order", "transaction", "convert", "conversion"), 1.0),
    **dict.fromkeys(("like", "love", "favourite", "favorite", "upvote", "thumbsup", "star"), 1.0),
    **dict.fromkeys(("save", "bookmark", "wishlist", "addtowishlist", "share"), 0.8),
    **dict.fromkeys(("cart", "addtocart", "basket", "addtobasket", "borrow", "rent"), 0.7),
    **dict.fromkeys(("play", "watch", "read", "listen", "download"), 0.5),
    **dict.fromkeys(("click", "open", "detail"), 0.3),
    **dict.fromkeys(("view", "pageview", "pv", "viewitem", "productview"), 0.2),
    **dict.fromkeys(("dislike", "downvote", "thumbsdown", "hide", "return", "refund"), -1.0),
    **dict.fromkeys(("removefromcart", "removefromwishlist", "unlike", "skip"), -0.3),
}
"""What an event is worth, by its name without case and punctuation: an estimate, not a measurement."""

LIKED = frozenset(
    ["rating", "given", "like", "love", "favourite", "favorite", "upvote", "thumbsup", "star"]
)
BOUGHT = frozenset(["purchase", "buy", "order", "transaction"])
ONCE = 0.5
"""What one time is worth where times are counted: twice is 0.75, three times 0.875."""

RATING, COUNT, GIVEN = "rating", "count", "given"
"""What a row says where it says it in no word: a number, a number of times, nothing at all."""


@dataclass(frozen=True)
class Columns:
    """Which column of a file is which; `value` and `time` are empty where there are none."""

    user: str
    item: str
    value: str = ""
    time: str = ""

    def told(self) -> str:
        """For the site owner: what was taken for what."""
        found = {"user": self.user, "item": self.item, "value": self.value, "time": self.time}
        return ", ".join(f"{part} = {name or '(none)'}" for part, name in found.items())


def plain(name: str) -> str:
    """A name without case and punctuation: "Add-to-cart" is "addtocart"."""
    return "".join(c for c in name.casefold() if c.isalnum())


def find_columns(names: list[str], given: Mapping[str, str], where: str) -> Columns:
    """The columns of a file by their names, overruled by `given` (part -> name).

    Raises InteractionsError for a part or name that is not there, a column that is to be two parts,
    and a file in which users or items cannot be found.
    """
    for part, name in given.items():
        if part not in PARTS:
            raise InteractionsError(
                f"A column is {', '.join(PARTS)}, not {part!r}: `--column user={name}`."
            )
        if name not in names:
            raise InteractionsError(f"{where} has no column {name!r}, only {_listed(names)}.")
    found = dict(given)
    spoken = {plain(n): n for n in reversed(names) if n not in given.values()}
    for part, known in PARTS.items():
        if part not in found:
            found[part] = next((spoken[k] for k in known if k in spoken), "")
    found = {part: name for part, name in found.items() if name}
    twice = [name for name in found.values() if list(found.values()).count(name) > 1]
    if twice:
        raise InteractionsError(f"The column {twice[0]!r} cannot be two things at once.")
    for part in ("user", "item"):
        if part not in found:
            raise InteractionsError(
                f"No column of {where} is known to hold the {part}; it has {_listed(names)}. "
                f"Say which: `--column {part}=NAME`."
            )
    return Columns(found["user"], found["item"], found.get("value", ""), found.get("time", ""))


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(n)[:60] for n in names[:12])
    return f"{shown} and {len(names) - 12} more" if len(names) > 12 else shown or "none"


def worths(given: Mapping[str, str]) -> dict[str, float]:
    """`EVENTS` with a site's own (`name -> worth`). Raises InteractionsError for no number in [-1, 1]."""
    own: dict[str, float] = {}
    for name, worth in given.items():
        try:
            own[plain(name)] = float(worth)
        except ValueError:
            own[plain(name)] = float("nan")
        if not -1 <= own[plain(name)] <= 1 or not plain(name):
            raise InteractionsError(f"An event is worth -1 to 1, not {worth!r}: `--event buy=1`.")
    return {**EVENTS, **own}
