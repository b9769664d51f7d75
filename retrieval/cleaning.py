"""Values as a catalogue keeps them: text without markup, dates as ISO writes them, yes and no.

The homes of selectolax (HTML to text) and dateutil. Whatever looks like a script or a formula stays
the text it is.
"""

import html
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from retrieval.text import visible

_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
_TAG = re.compile(
    r"</?(?:p|br|div|span|b|i|u|em|strong|ul|ol|li|a|h[1-6]|table|tbody|thead|tr|td|th|img|script|"
    r"style|font|section|article|blockquote|hr|sup|sub|small|pre|code|iframe|figure|video)\b[^<>]*>",
    re.IGNORECASE,
)
_BLOCKS = "p,div,li,br,tr,h1,h2,h3,h4,h5,h6,ul,ol,table,section,article,blockquote,hr,figure"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MISSING = frozenset(
    ["", "n/a", "n.a.", "#n/a", "null", "(null)", "nan", "-", "--", "—", "?", "\\n", "undefined",
     "not available", "k. a.", "k.a."]
)  # fmt: skip
_NONE_LISTED = re.compile(r"\(no [\w ]+ listed\)", re.IGNORECASE)
_YES = frozenset(["true", "yes", "y", "t", "ja", "oui", "sí", "si", "x", "✓", "是"])
_NO = frozenset(["false", "no", "n", "f", "nein", "non", "否"])
_ISO = re.compile(
    r"\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?)?"
)
_FIGURES_DATE = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:[T ]+\d{1,2}:\d{2}(?::\d{2})?.*)?"
)
_MONTHS = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_WORDED = re.compile(
    rf"(?:[a-z]{{3,9}},?\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?[\s.-]+)?(?:{_MONTHS})[a-z]*\.?[\s,-]+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?"
    r"\d{4}(?:[\s,]+\d{1,2}:\d{2}.*)?|\d{4},?\s+(?:" + _MONTHS + r")[a-z]*\.?(?:\s+\d{1,2})?",
    re.IGNORECASE,
)
LONGEST_DATE, LONGEST_HTML = 40, 100_000  # characters
LONGEST_MISSING = max(map(len, _MISSING))


def plain(text: str) -> str:
    """A text without surrounding blanks, control and invisible characters, halves of characters and entities."""
    return _readable(text).strip()


def _readable(text: str) -> str:
    if _CONTROL.search(text):
        text = _CONTROL.sub("", text)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    return visible(text)


def prose(text: str) -> str:
    """Running text; of HTML the words, in lines where its blocks are, without scripts and styles.

    Raises ValueError for HTML that is too long (blocks in blocks in blocks take their time).
    """
    if not has_markup(text):
        return _readable(text)
    if len(text) > LONGEST_HTML:
        raise ValueError(f"is HTML of more than {LONGEST_HTML:,} characters")
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    tree = LexborHTMLParser(text)
    for node in tree.css("script,style,iframe,template,noscript"):
        node.decompose()
    if tree.body is None:
        return ""
    for node in tree.body.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    for node in tree.body.css("td,th"):
        node.insert_after(" ")
    words = visible(_CONTROL.sub("", tree.body.text(separator="", strip=False))).replace(
        "\xa0", " "
    )
    lines = (" ".join(line.split()) for line in words.splitlines())
    return "\n".join(line for line in lines if line)


def has_markup(text: str) -> bool:
    """Whether a text is HTML."""
    return "<" in text and bool(_TAG.search(text))


def is_missing(value: Any) -> bool:
    """Whether a cell says nothing: empty, or one of the words that exports write for that."""
    if not isinstance(value, str):
        return value is None or value == []
    text = value.strip()
    if text[:1] == "(" and _NONE_LISTED.fullmatch(text.casefold()):
        return True
    return len(text) <= LONGEST_MISSING and text.casefold() in _MISSING


def yes_or_no(value: Any) -> bool | None:
    """What a cell says that is a yes or a no; None for any other."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        text = value.strip().casefold()
        if text in _YES or text == "1":
            return True
        if text in _NO or text == "0":
            return False
    return None


def looks_like_date(text: str) -> bool:
    """Whether a text has the form of a date (a year alone is a number)."""
    text = text.strip()
    if len(text) > LONGEST_DATE or not text[:1].isalnum():
        return False
    return any(form.fullmatch(text) for form in (_ISO, _FIGURES_DATE, _WORDED))


def day_first(texts: Sequence[str]) -> tuple[bool, bool]:
    """Whether "3/4/2020" is the third of April in a column, and whether a date in it proves so.

    Without proof a point means day first, a slash the month.
    """
    first = second = points = 0
    for text in texts:
        if (match := _FIGURES_DATE.fullmatch(text.strip())) and len(match[1]) < 3:
            first += int(match[1]) > 12
            second += int(match[3]) > 12
            points += match[2] == "."
    return (first > second, True) if first or second else (points > 0, False)


def date(text: str, *, days_first: bool = False) -> str:
    """A date as ISO writes it, without the time of day. Raises ValueError for what is none."""
    text = text.strip()
    if not looks_like_date(text):
        raise ValueError("is not a date")
    if _ISO.fullmatch(text):
        try:
            datetime.fromisoformat(f"{text}-01" if len(text) == 7 else text[:10])
        except ValueError as error:
            raise ValueError("is not a date") from error
        return text[:10]
    from dateutil import parser  # noqa: PLC0415

    try:
        found = parser.parse(text, dayfirst=days_first, default=datetime(1, 1, 1))  # noqa: DTZ001
        other = parser.parse(text, dayfirst=days_first, default=datetime(1, 1, 2))  # noqa: DTZ001
    except (parser.ParserError, OverflowError) as error:
        raise ValueError("is not a date") from error
    day: str = found.date().isoformat()
    return day if found.day == other.day else day[:7]
