"""Numbers that prove themselves: payment cards, IBANs, identity numbers. The home of python-stdnum.

Digits in a row that happen to have the right length are none: the check digits, the dates and the areas in
them have to be right too.
"""

import re
from collections.abc import Iterator
from typing import Literal

Checked = Literal["card", "iban", "id"]

_ROW = re.compile(r"(?<![A-Za-z0-9_.,])\d(?:[ -]?\d){11,18}(?![A-Za-z0-9_]|[.,]\d)")
_CARDS = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-59]|[689]\d)\d{11,13}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12,15}"
)
"""How the numbers of Visa, Mastercard, American Express, Diners, JCB, Discover, UnionPay and Maestro begin."""
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)
_RESIDENT = re.compile(r"(?<!\d)[1-9]\d{5}[ -]?\d{8}[ -]?\d{3}[\dXx](?![\dXx])")
_SOCIAL = re.compile(r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])")
"""With hyphens nothing else is written so; with spaces it has to be one that is given out."""
_SOCIAL_BARE = re.compile(
    r"(?:\bssn\b|social security)[^\d\n]{0,20}(?P<number>\d{9})(?!\d)", re.IGNORECASE
)
_BETWEEN = re.compile(r"[ -]")


def checked_numbers(text: str) -> Iterator[tuple[Checked, int, int]]:
    """Which of them stand in a text, and where; they may overlap."""
    for row in _ROW.finditer(text):
        if _is_card(_BETWEEN.sub("", row[0])):
            yield "card", *row.span()
    for begin in _IBAN.finditer(text):
        if end := _iban_end(begin[0]):
            yield "iban", begin.start(), begin.start() + end
    for found in _RESIDENT.finditer(text):
        if _is_resident(_BETWEEN.sub("", found[0])):
            yield "id", *found.span()
    for found in _SOCIAL.finditer(text):
        if found[1] == "-" or _is_social(found[0]):
            yield "id", *found.span()
    for found in _SOCIAL_BARE.finditer(text):
        yield "id", *found.span("number")


def _is_card(digits: str) -> bool:
    from stdnum import luhn  # noqa: PLC0415

    return bool(_CARDS.fullmatch(digits)) and len(set(digits)) > 1 and bool(luhn.is_valid(digits))


def _iban_end(written: str) -> int:
    """How many characters of it are an IBAN; words may follow it."""
    from stdnum import iban  # noqa: PLC0415

    ends = [n for n, c in enumerate(written, 1) if c not in " -"]
    for end in ends[: 14 - len(ends) - 1 : -1] if len(ends) > 14 else ():
        if iban.is_valid(_BETWEEN.sub("", written[:end])):
            return end
    return 0


def _is_resident(digits: str) -> bool:
    """By its date of birth and check digit. stdnum's own list of counties lacks those that were renamed."""
    from stdnum.cn import ric  # noqa: PLC0415
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    try:
        born = ric.get_birth_date(digits)
        check: str = ric.calc_check_digit(digits)
    except ValidationError:
        return False
    return born.year >= 1900 and 11 <= int(digits[:2]) <= 83 and check == digits[-1].upper()


def _is_social(written: str) -> bool:
    from stdnum.us import ssn  # noqa: PLC0415

    return bool(ssn.is_valid(_BETWEEN.sub("-", written)))
