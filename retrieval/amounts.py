"""Numbers, prices and measures that stand in a file as text: "1.299,00", "15.00 USD", "1 h 30 min".

The home of price-parser; measures are converted by pint. What is not wholly an amount is none: a
range ("10-15 min") or a number beside other words is refused, not guessed at.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

_FIGURES = r"[-+−]?(?:\d[\d.,'’\s_]*|[.,]\d+)(?:e[-+]?\d{1,3})?"
_AMOUNT = re.compile(
    rf"(?P<before>[^\d.,+−-]*?)\s*(?P<n>{_FIGURES})(?P<after>[^\d]*)", re.IGNORECASE
)
_CODE = re.compile(r"[-+−]?0\d+(?:$|[^.,\d])")
_GAPS = re.compile(r"['’\s_]")
_ISO_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+)S)?")
_PIECE = re.compile(r"(\d+(?:[.,]\d+)*)\s*([^\W\d_]+|[\"”'])\.?")
_WORDS = {
    "h": "hour", "hr": "hour", "hrs": "hour", "std": "hour", "stunden": "hour", "stunde": "hour",
    "m": "minute", "min": "minute", "mins": "minute", "minuten": "minute", "minutos": "minute",
    "sec": "second", "secs": "second", "lbs": "lb", "pounds": "lb", "kgs": "kg", "kilo": "kg",
    "cms": "cm", "\"": "inch", "”": "inch", "inches": "inch", "in": "inch", "litre": "liter",
    "litres": "liter", "l": "liter", "gr": "gram", "oz": "ounce", "ft": "foot",
}  # fmt: skip
_ALIKE = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "us$": "USD", "zł": "PLN"}
_SHORT = {
    "kilogram": "kg", "gram": "g", "milligram": "mg", "pound": "lb", "ounce": "oz", "liter": "l",
    "milliliter": "ml", "centimeter": "cm", "millimeter": "mm", "meter": "m", "kilometer": "km",
    "inch": "in", "foot": "ft", "mile": "mi", "gigabyte": "gb", "watt": "w",
}  # fmt: skip
_FREE = frozenset({"free", "gratis", "kostenlos", "gratuit"})
MINUTES = "min"


def decimal_sign(texts: Iterable[str], *, thousands: bool = False) -> str:
    """Which of "." and "," stands before the fraction in a column of figures.

    Told by the figures that leave no doubt. Where all are like "1.299", it is a fraction, unless
    `thousands` (prices and counts have no three decimals).
    """
    votes: Counter[str] = Counter()
    doubtful: Counter[str] = Counter()
    for text in texts:
        signs = re.findall(r"[.,]", text)
        if not signs:
            continue
        if len(set(signs)) == 2:
            votes[signs[-1]] += 1
        elif len(signs) > 1:
            votes["," if signs[0] == "." else "."] += 1
        elif re.search(r"[.,]\d{3}(?!\d)", text) and not re.match(r"\D*0[.,]", text):
            doubtful[signs[0]] += 1
        else:
            votes[signs[0]] += 1
    if votes:
        return max(".,", key=lambda sign: votes[sign])
    return "," if thousands and doubtful["."] else "."


def number(text: str, sign: str = ".") -> int | float | None:
    """The number that a text is, `sign` before its fraction where the text itself leaves a doubt.

    None for a code with a leading zero, and for anything that is not a number alone.
    """
    match = re.fullmatch(_FIGURES, text.strip(), re.IGNORECASE)
    return _figures(match[0], sign) if match else None


def _figures(figures: str, sign: str) -> int | float | None:
    figures = _GAPS.sub("", figures).replace("−", "-").rstrip(".,")
    if _CODE.match(figures):
        return None
    signs = re.findall(r"[.,]", figures)
    if len(set(signs)) == 2:
        sign = signs[-1]
    elif len(signs) > 1:
        sign = "," if signs[0] == "." else "."
    elif signs and (
        not re.search(r"[.,]\d{3}(?:$|e)", figures) or re.match(r"[-+]?0?[.,]", figures)
    ):
        sign = signs[0]
    other = "," if sign == "." else "."
    whole, _, fraction = figures.partition(sign)
    if other in whole and not re.fullmatch(rf"[-+]?\d{{1,3}}(?:\{other}\d{{2,3}})+", whole):
        return None
    plain = whole.replace(other, "") + (f".{fraction}" if fraction else "")
    try:
        value = float(plain)
    except ValueError:
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def suffixed(text: str) -> tuple[str, str, str] | None:
    """What stands before, the figures, and what stands after them, where there is one number."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    return match["before"].strip(), match["n"].strip(), match["after"].strip()


def price(text: str, sign: str = ".") -> tuple[float | int, str] | None:
    """The amount of a price and its currency (empty where none is named), or None.

    "12,50 €", "15.00 USD", "$80 per night" and "free" are prices; "10-20 €" and "on request" are not.
    """
    if text.strip().casefold() in _FREE:
        return 0, ""
    parts = suffixed(re.sub(r"[.,]?\s*[-–—]+$", "", text.strip()))
    if parts is None:
        return None
    before, figures, after = parts
    after = re.split(r"/|\bper\b|\bpro\b|\bp\.", after, maxsplit=1)[0].strip()
    value = _figures(figures, sign)
    if value is None:
        return None
    if not before and not after:
        return value, ""
    currency = _currency(f"{before} 1 {after}")
    left = (before + after).casefold().replace(currency.casefold(), "", 1).strip(" .:")
    return (value, _ALIKE.get(currency.casefold(), currency)) if currency and not left else None


@cache
def _currency(text: str) -> str:
    from price_parser import Price  # noqa: PLC0415

    return Price.fromstring(text).currency or ""


def measure(text: str, sign: str = ".") -> tuple[float, str] | None:
    """A measure in its own unit (minutes for hours, minutes and seconds): "1.2 kg", "1 h 30 min",
    "PT45M"; or None."""
    text = text.strip().lstrip("~≈").strip()
    if (iso := _ISO_DURATION.fullmatch(text)) and len(text) > 2 and any(iso.groups()):
        days, hours, minutes, seconds = (float(g or 0) for g in iso.groups())
        return round(days * 1440 + hours * 60 + minutes + seconds / 60, 4), MINUTES
    pieces = _PIECE.findall(text)
    if not pieces or re.sub(r"\band\b|\bund\b|[\s,.]", "", _PIECE.sub("", text)):
        return None
    if len(pieces) == 1 and pieces[0][1] == "m":  # minutes only beside hours
        pieces = [(pieces[0][0], "meter")]
    found = [(_figures(n, sign), _unit(word)) for n, word in pieces]
    units = {unit for _, unit in found}
    if None in units or any(n is None for n, _ in found):
        return None
    if all(_is_time(unit) for unit in units if unit):
        total = sum(n * _factor(unit, "minute") for n, unit in found if unit and n is not None)
        return round(total, 4), MINUTES
    value, unit = found[0]
    if len(found) > 1 or value is None or unit is None:
        return None
    return value, _SHORT.get(unit, unit)


def converted(value: float, unit: str, to: str) -> float | None:
    """`value` in another unit; None where the two do not measure the same thing."""
    if unit == to:
        return value
    if MINUTES in (unit, to):
        return None
    try:
        return round(value * _factor(_WORDS.get(unit, unit), _WORDS.get(to, to)), 6)
    except ValueError:
        return None


@cache
def _unit(word: str) -> str | None:
    """The unit that a word names, as pint names it; None for a word that names none we expect."""
    word = _WORDS.get(word.casefold(), word)
    plain = word.casefold() if len(word) > 2 else word
    try:
        found = _measures().Unit(plain)
    except Exception:  # pint raises errors of many kinds for words that are no unit
        return None
    dimension = dict(found.dimensionality)
    if dimension == {"[time]": 1}:
        return str(found) if str(found) in ("second", "minute", "hour") else None
    if dimension in ({"[mass]": 1}, {"[length]": 1}, {"[length]": 3}) or str(found) in (
        "gigabyte",
        "terabyte",
        "watt",
    ):
        return str(found)
    return None


@cache
def _is_time(unit: str) -> bool:
    return dict(_measures().Unit(unit).dimensionality) == {"[time]": 1}


@cache
def _factor(unit: str, to: str) -> float:
    """How many `to` are in one `unit`. Raises ValueError where they measure different things."""
    from pint.errors import PintError  # noqa: PLC0415

    try:
        return float(_measures().Quantity(1, unit).to(to).magnitude)
    except (PintError, AttributeError) as error:
        raise ValueError(str(error)) from error


@cache
def _measures() -> Any:
    from pint import UnitRegistry  # noqa: PLC0415

    return UnitRegistry(cache_folder=None)
