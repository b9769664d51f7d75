"""What tells who or where somebody is, taken out of a text before it is logged.

E-mail addresses, telephone numbers, payment cards, IBANs, identity numbers (Chinese resident, US social security),
postal addresses, links and keys that let their holder in, accounts of messengers. Each becomes its kind in
brackets: "[phone]". Names of people are left: in talk about films they are actors. What is found and
missed is measured in docs/privacy.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from chatbot.checked_numbers import checked_numbers
from chatbot.phone_numbers import phone_numbers
from chatbot.street_addresses import street_addresses
from retrieval.constraints import TEXT

Kind = Literal["email", "phone", "card", "iban", "id", "address", "link", "account"]
STRENGTH: tuple[Kind, ...] = ("link", "email", "iban", "card", "id", "account", "phone", "address")
"""Of two that overlap, which is meant."""
SPOKEN = frozenset({"utterance", "reply", "quote", "text"})
"""In what is stored as JSON: the names of what visitors said, and of what was answered."""
_FULL_WIDTH = {n: n - 0xFEE0 for n in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_INTERESTING = re.compile(r"\d|@|://|[\[(]at[\])]| at | dot |微信|wechat|telegram|[零一二三四五六七八九]{7}|eyJ|\b[sp]k[-_]", re.I)  # fmt: skip

_LOCAL = r"(?:(?!_)[^\W\u3040-\u9fff]|[._%+'’-])(?:(?!_)[^\W\u3040-\u9fff]|[._%+'’-]){0,63}"
_HOST = r"(?:(?!_)[^\W\u3040-\u9fff]|-){1,63}"
_EMAIL = re.compile(
    rf"(?<![\w]){_LOCAL}\s?@\s?{_HOST}(?:\.{_HOST})+|{_LOCAL}@{_HOST}(?:\.{_HOST})+"
)
_TOP = r"(?:com|org|net|edu|gov|io|co|me|info|biz|uk|de|fr|cn|jp|eu|us|ca|au|in|it|es|nl|ch|at|ie)"
_AT = r"\s?(?:[\[(]\s?at\s?[\])])\s?"
_DOT = r"\s?(?:[\[(]\s?dot\s?[\])]|\.)\s?"
_SPELT = re.compile(rf"\b[\w.%+-]{{1,64}}{_AT}{_HOST}(?:{_DOT}{_HOST})*{_DOT}{_TOP}\b", re.I)
_SAID = re.compile(
    rf"\b[\w%+-]+(?: dot [\w%+-]+)* at (?!(?:the|a|an|my|your|our|his|her|their|this|that) ){_HOST}(?: dot {_HOST})* dot {_TOP}\b",
    re.I,
)

_URL = re.compile(r"(?:https?|ftp|wss?)://[^\s<>\"'”’）)】」》,。，；\u3000-\u9fff]+", re.I)
_NAMED = re.compile(
    r"[?&#;](?:[\w.-]*(?:token|secret|passw|session|signature|jwt|credential|e-?mail|phone|invite|reset)[\w.-]*|sid|sig|key|api_?key|auth|code|otp|pwd|pass)=[^&#]+",
    re.I,
)
_LONG_WORD = re.compile(r"[A-Za-z0-9_-]{20,}")
_KEY = re.compile(
    r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?|\b(?:sk|pk|rk)[-_][\w-]{16,}|\bgh[pousr]_\w{20,}|\bAKIA[0-9A-Z]{16}\b"
)
_ACCOUNT = re.compile(
    r"(?:(?:加?微信|wechat|telegram|whatsapp|line id|snapchat|instagram|discord|skype)\s*(?:号|id|账号|name|handle)?\s*(?:(?:is|are|是|为|:|:|=)+\s*|(?=@)|(?=[a-z]+[_\d]))"
    r"|(?<![A-Za-z])qq\s*(?:号|号码|id|number)?\s*(?:is|是|为|:|:|=)*\s*(?=\d))(?P<it>@?[A-Za-z0-9][A-Za-z0-9_.-]{4,31})",
    re.I,
)


@dataclass(frozen=True)
class Personal:
    """A piece of text that tells who somebody is: its kind, and where it stands."""

    kind: Kind
    start: int
    end: int


def personal(text: str) -> list[Personal]:
    """What of a text tells who or where somebody is, in order, without overlaps."""
    plain = text if text.isascii() else text.translate(_FULL_WIDTH)  # places stay
    if not _INTERESTING.search(plain):
        return []
    found = sorted(_found(plain), key=lambda p: (STRENGTH.index(p.kind), p.start - p.end, p.start))
    kept: list[Personal] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda p: p.start)


@lru_cache(maxsize=2048)
def redacted(text: str) -> str:
    """A text with the kind of each such piece in its place. Redacted twice is redacted once."""
    for one in reversed(personal(text)):
        text = f"{text[: one.start]}[{one.kind}]{text[one.end :]}"
    return text


def redacted_json(value: Any, name: str = "") -> Any:
    """The same of every text below `value` that stands under one of the names in `SPOKEN`. Ids and numbers
    of a catalogue stay what they are."""
    if isinstance(value, str):
        return redacted(value) if name in SPOKEN else value
    if isinstance(value, dict):
        own = value.get("facet") == TEXT  # its value is words of the visitor's
        return {
            key: redacted_json(below, "quote" if own and key == "value" else key)
            for key, below in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [redacted_json(below, name) for below in value]
    return value


def _found(text: str) -> Iterator[Personal]:
    for rule in (_EMAIL, _SPELT, _SAID):
        yield from (Personal("email", *m.span()) for m in rule.finditer(text))
    for url in _URL.finditer(text):
        if _lets_in(url[0]):
            yield Personal("link", *url.span())
    yield from (Personal("link", *m.span()) for m in _KEY.finditer(text))
    yield from (Personal("account", *m.span("it")) for m in _ACCOUNT.finditer(text))
    yield from (Personal(kind, start, end) for kind, start, end in checked_numbers(text))
    yield from (Personal("phone", start, end) for start, end in phone_numbers(text))
    yield from (Personal("address", start, end) for start, end in street_addresses(text))


def _lets_in(url: str) -> bool:
    """Whether a link holds a password, a token, or a long word of letters and figures that nobody says."""
    host, _, rest = url.partition("://")[2].partition("/")
    if "@" in host or _NAMED.search(url):
        return True
    return any(_is_random(word[0]) for word in _LONG_WORD.finditer(rest))


def _is_random(word: str) -> bool:
    sorts = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in word if c not in "-_"]
    changes = sum(a != b for a, b in pairwise(sorts))
    return "d" in sorts and changes >= 6
