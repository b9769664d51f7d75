"""Telephone numbers in talk. The home of phonenumbers (Google's libphonenumber, its tables in the package).

A number is one where its country says so ("+44 7911 123456"), where it is valid and written as people of
one of `REGIONS` write theirs, or where words before it say so ("my number is 555-0199"). Years, prices,
dates, scores and the numbers in titles are none.
"""

import re
from collections.abc import Iterator

REGIONS = ("US", "CN", "GB", "DE", "FR", "IN", "AU", "ES", "IT", "NL", "JP", "BR")
LEAST_DIGITS = 9
"""Of a number that nothing before it calls one."""
MOST_TRIES = 200  # rows of digits in one text that are looked at
_LONG = re.compile(r"\d(?:\D{0,3}\d){8}|\+")
_DATE = re.compile(r"(?:19|20)\d\d\D{1,3}(?:19|20)\d\d|\d{1,4}([-/.])\d{1,2}\1\d{1,4}")
_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?")
_SMALL = re.compile(r"(?:\d{1,2}\D+)+\d{1,2}")
_FRENCH = re.compile(r"0[1-9](?:[ .-]?\d\d){4}")
_NO_PHONE = re.compile(
    r"(?:isbn|issn|ean|sku|asin|order|item|no|nr|#)[-\s.:]{0,3}(?:no\.?\s*)?$", re.IGNORECASE
)
_CHINESE_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d){8}(?!\d)")
_AMERICAN = re.compile(r"\(?[2-9]\d\d\)?[ .-]?[2-9]\d\d[ .-]?\d{4}")
_CALLED = re.compile(
    r"(?:(?:tele)?phone|mobile|cell|whatsapp|fax|tel|my number|number is|call(?: me)?(?: (?:on|at))?|text(?: me)?(?: (?:on|at))?|ring(?: me)?(?: on)?"
    r"|电话|手机|座机|号码|传真|热线|打给|致电)[^\d\n,.;!?，。；]{0,18}?(?P<number>\+?\(?\d(?:[ ()./-]{0,2}\d){5,14})(?!\d)",
    re.IGNORECASE,
)
_SPOKEN_MOBILE = re.compile(r"[一幺1][三四五六七八九3-9](?:[ -]?[〇零幺一二三四五六七八九]){9}")


def phone_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where the telephone numbers of a text stand; they may overlap. Digits of any script have to be
    plain ones already (see `chatbot/redaction.py`)."""
    for called in _CALLED.finditer(text):
        if not _is_something_else(called["number"]):
            yield called.span("number")
    for found in _CHINESE_MOBILE.finditer(text):
        yield found.span()
    for found in _SPOKEN_MOBILE.finditer(text):
        yield found.span()
    if not _LONG.search(text):
        return
    from phonenumbers import Leniency, PhoneNumberMatcher  # noqa: PLC0415

    for region in REGIONS:
        for match in PhoneNumberMatcher(text, region, Leniency.VALID, MOST_TRIES):
            numbered = _NO_PHONE.search(text[: match.start])
            if not numbered and _is_written_so(match.raw_string, match.number.country_code, region):
                yield match.start, match.end


def _is_written_so(raw: str, country: int | None, region: str) -> bool:
    """Whether a valid number is written in a form that nothing else has."""
    digits = sum(c.isdigit() for c in raw)
    if raw.lstrip(" (").startswith("+"):
        return True
    if region == "FR" and _FRENCH.fullmatch(raw):
        return True
    if digits < LEAST_DIGITS or _is_something_else(raw):
        return False
    if country == 1:
        return bool(_AMERICAN.search(raw))
    if region == "CN" and raw.startswith(("400", "800")):
        return digits == 10
    return raw.lstrip(" (").startswith("0") or (region == "IN" and " " in raw and digits == 10)


def _is_something_else(raw: str) -> bool:
    return bool(_DATE.fullmatch(raw) or _GROUPED.fullmatch(raw) or _SMALL.fullmatch(raw))
