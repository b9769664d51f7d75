"""What a field holds, counted: how many rows have it, how many values, of what kinds, how long."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from retrieval import amounts, cleaning
from retrieval.field_names import phrase_of, words_of

_URL = re.compile(r"(?:https?|ftp)://\S+|//[\w.-]+/\S+|www\.\S+\.\S+", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|svg|avif|bmp|tiff?)(?:[?#]\S*)?$", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_CODE = re.compile(r"(?=\S*[\d_/:@-])[^\s,;|]{3,}|[0-9a-f]{8,}", re.IGNORECASE)
LOOKED_AT = 2_000  # characters of a text
MOST_LOOKED_AT = 5_000  # texts of a field, spread over the file: shares of them are near enough
LONGEST_AMOUNT = 60  # characters of a text that may be a number, a price or a measure
_ANY_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Profile:
    """A field's name, its values where there are some, and the number of rows of the file."""

    name: str
    values: Sequence[Any]
    rows: int

    @property
    def filled(self) -> int:
        """How many rows have a value."""
        return len(self.values)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the name."""
        return frozenset(words_of(self.name))

    @property
    def phrase(self) -> str:
        """The words of the name, with spaces between."""
        return phrase_of(self.name)

    @cached_property
    def texts(self) -> list[str]:
        """The texts among the values, those of lists each alone."""
        found: list[str] = []
        for value in self.values:
            if isinstance(value, str):
                found.append(value)
            elif isinstance(value, list):
                found += [v for v in value if isinstance(v, str)]
        return found

    @cached_property
    def beginnings(self) -> list[str]:
        """The texts, long ones cut: enough to tell what they are."""
        return [t[:LOOKED_AT] for t in self.texts]

    @cached_property
    def looked_at(self) -> list[str]:
        """Some of these, spread over the whole file, of which shares are counted."""
        return self.beginnings[:: max(1, len(self.texts) // MOST_LOOKED_AT)]

    @cached_property
    def lists(self) -> int:
        """How many values are lists."""
        return sum(isinstance(v, list) for v in self.values)

    @cached_property
    def numbers(self) -> list[int | float]:
        """The values that are numbers already."""
        return [v for v in self.values if isinstance(v, int | float) and not isinstance(v, bool)]

    @cached_property
    def distinct(self) -> int:
        """How many different values there are; a list counts as one value."""
        return len({str(v) for v in self.values})

    @cached_property
    def distinct_texts(self) -> int:
        """How many different texts there are, those of lists each alone."""
        return len(set(self.texts))

    @cached_property
    def length(self) -> float:
        """The mean length of the texts, in characters, of which one text has at most LOOKED_AT."""
        return sum(map(len, self.looked_at)) / len(self.looked_at) if self.texts else 0.0

    @property
    def is_unique(self) -> bool:
        """Whether nearly every row has a value of its own, in a file long enough to tell."""
        return self.filled >= 10 and self.distinct >= 0.95 * self.filled

    @property
    def is_constant(self) -> bool:
        """Whether every row has the same, in a file long enough to tell."""
        return self.rows >= 5 and self.filled == self.rows and self.distinct == 1

    def share(self, form: re.Pattern[str], *, whole: bool = True) -> float:
        """The share of the texts that have a form."""
        if not self.texts:
            return 0.0
        fits = form.fullmatch if whole else form.search
        return sum(bool(fits(t.strip())) for t in self.looked_at) / len(self.looked_at)

    @cached_property
    def urls(self) -> float:
        """The share of the texts that begin with an address."""
        return sum(bool(_URL.match(t.strip())) for t in self.looked_at) / max(
            len(self.looked_at), 1
        )

    @cached_property
    def pictures(self) -> float:
        """The share of the texts that are names of pictures."""
        return self.share(_PICTURE, whole=False)

    @cached_property
    def emails(self) -> float:
        """The share of the texts that are addresses of mail."""
        return self.share(_EMAIL)

    @cached_property
    def codes(self) -> float:
        """The share of the texts that are one long sign: with figures, dashes or colons."""
        return self.share(_CODE)

    @cached_property
    def one_word(self) -> float:
        """The share of the texts without a blank."""
        return self.share(re.compile(r"\S+"))

    @cached_property
    def figures(self) -> float:
        """The share of the texts with four figures or more."""
        return sum(len(_ANY_DIGIT.findall(t)) > 3 for t in self.looked_at) / max(
            len(self.looked_at), 1
        )

    @cached_property
    def markup(self) -> float:
        """The share of the texts that are HTML."""
        return sum(map(cleaning.has_markup, self.looked_at)) / max(len(self.looked_at), 1)

    @cached_property
    def sentences(self) -> float:
        """The share of the texts with a sentence in them: a word behind the third ends in a stop."""
        ends = tuple(".!?。！？")
        found = sum(any(w.endswith(ends) for w in t.split()[3:]) for t in self.looked_at)
        return found / max(len(self.looked_at), 1)

    @cached_property
    def sign(self) -> str:
        """What stands before the fraction in this field's figures: "." or ","."""
        money = bool(
            self.words & {"price", "cost", "preis", "prix", "count", "number", "population"}
        )
        return amounts.decimal_sign(self._short(), thousands=money)

    def _short(self) -> Iterable[str]:
        return (t for t in self.texts if len(t) <= LONGEST_AMOUNT)

    @cached_property
    def number_share(self) -> float:
        """The share of the values that are numbers, or texts that are nothing but one."""
        return self._read(lambda t: amounts.number(t, self.sign) is not None)

    @cached_property
    def price_share(self) -> float:
        """The share of the values that can be read as a price."""
        return self._read(lambda t: amounts.price(t, self.sign) is not None)

    @cached_property
    def measure_share(self) -> float:
        """The share of the values that are a number with a unit."""
        return self._read(lambda t: amounts.measure(t, self.sign) is not None, plain=False)

    def _read(self, reads: Any, *, plain: bool = True) -> float:
        if not self.values or self.lists:
            return 0.0
        fits = len(self.numbers) if plain else 0
        fits += sum(
            len(t) <= LONGEST_AMOUNT and bool(_ANY_DIGIT.search(t)) and bool(reads(t))
            for t in self.texts
        )
        return fits / self.filled

    @cached_property
    def currencies(self) -> dict[str, int]:
        """How often each currency is named."""
        found: dict[str, int] = {}
        for text in self._short():
            read = amounts.price(text, self.sign)
            if read and read[1]:
                found[read[1]] = found.get(read[1], 0) + 1
        return found

    @cached_property
    def dates(self) -> float:
        """The share of the values that have the form of a date."""
        if self.lists or not self.texts:
            return 0.0
        return sum(map(cleaning.looks_like_date, self.texts)) / self.filled

    @cached_property
    def is_flag(self) -> bool:
        """Whether every value is a yes or a no; of ones and noughts there have to be both."""
        if not self.values or any(cleaning.yes_or_no(v) is None for v in self.values):
            return False
        if all(isinstance(v, bool) for v in self.values):
            return True
        numbered = {str(v).strip() for v in self.values} <= {"0", "1"}
        return not numbered or self.distinct == 2

    @cached_property
    def is_code_number(self) -> bool:
        """Whether the numbers count nothing: row numbers, or long whole numbers of one length."""
        whole = [v for v in self.values if isinstance(v, int) and not isinstance(v, bool)]
        whole += [int(t) for t in self.texts if t.strip().isdecimal() and len(t) < 40]
        if len(whole) < max(10, self.filled) or not self.is_unique:
            return False
        in_order = all(b - a == 1 for a, b in pairwise(whole))
        lengths = {len(str(abs(v))) for v in whole}
        return in_order or (len(lengths) <= 2 and min(lengths) >= 8)
