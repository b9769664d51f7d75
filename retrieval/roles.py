"""What each field of a site owner's file is for: by its name first, then by what it holds.

`decide` is the reading of files that nobody wrote for this program; a catalogue in the documented
format gets the same roles from it as from `item.infer_roles`. Every decision carries its reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval import field_names, splitting
from retrieval.cleaning import day_first
from retrieval.item import LONG_TEXT, WARNING_FACETS, Role
from retrieval.profiles import Profile
from retrieval.readings import MOSTLY, NEARLY, Reading, amount_reading

SENTENCE = 60  # characters; texts of a list that are longer on average are sentences
_BY_NAME: dict[str, Role] = {"description": "description", "url": "url", "image": "image"}
MANY = 20  # rows from which on a value of its own in each says nothing


@dataclass(frozen=True)
class Decision:
    """The role of a field, how its values are read, and why; `rename` where the name has to change."""

    field: str
    role: Role
    reading: Reading
    why: str
    rename: str = ""

    @property
    def name(self) -> str:
        """What the field is called in the catalogue."""
        return self.rename or self.field


def decide(profiles: Sequence[Profile], given: Mapping[str, Role]) -> list[Decision]:
    """A decision for every field but the id and the title, which `identity.py` finds."""
    found = [_given(p, given[p.name]) if p.name in given else _decide(p) for p in profiles]
    found = _one_popularity(found, given)
    if any(d.role == "description" and field_names.names_description(d.field) for d in found):
        by_name = {p.name: p for p in profiles}
        found = [_no_second_markup(d, by_name[d.field], given) for d in found]
    return found


def _given(profile: Profile, role: Role) -> Decision:
    reading = Reading()
    match role:
        case "number" | "price" | "stock" | "popularity":
            reading = amount_reading(profile, money=role == "price") or Reading(
                "number", profile.sign
            )
        case "date":
            reading = Reading("date", _date_order(profile))
        case "person":
            reading = _people(profile)
        case "facet":
            reading = _values(profile)
        case "description":
            reading = Reading("prose")
        case "url" | "image":
            reading = Reading(role)
    return Decision(profile.name, role, reading, "you said so", _unit_name(profile, reading))


def _decide(p: Profile) -> Decision:
    def be(role: Role, why: str, reading: Reading | None = None) -> Decision:
        return Decision(p.name, role, reading or Reading(), why, _unit_name(p, reading))

    if not p.filled:
        role = _BY_NAME.get(p.name.casefold())
        return be(role, "its name; it is empty") if role else be("ignore", "empty")
    if p.name.casefold() in WARNING_FACETS:
        return be("facet", "warns of something, by its name", _values(p))
    if p.name.casefold() == "popularity" and p.number_share >= MOSTLY:
        return be("popularity", "its name", amount_reading(p))
    if p.is_constant and p.name.casefold() not in _BY_NAME:
        return be("ignore", "the same in every row")
    if p.filled < 0.005 * p.rows and p.rows >= 200:
        return be("ignore", "in less than 1 of 200 rows")
    if p.urls >= MOSTLY or p.emails >= 0.9 or p.words & field_names.among("images"):
        found = _addresses(p)
        if found is not None:
            return be(*found)
    if (is_code := _code(p)) is not None:
        return be("ignore", is_code)
    if p.is_flag and not field_names.names_stock(p.name):
        return be("facet", "yes or no", Reading("flag", _flag_words(p)))
    number = _number(p)
    if number is not None:
        return be(*number)
    if p.dates >= (MOSTLY if p.words & {"date", "datum", "day"} else 0.95):
        if p.words & field_names.among("own_dates") and not p.words & field_names.among(
            "coming_out"
        ):
            return be("ignore", "a date of the record, not of the item")
        return be("date", "dates", Reading("date", _date_order(p)))
    return be(*_words(p))


def _addresses(p: Profile) -> tuple[Role, str, Reading] | None:
    if p.emails >= 0.9:
        return "ignore", "addresses of mail", Reading()
    if {"qr", "barcode", "icon", "flag", "logo", "avatar"} & p.words:
        return ("ignore", "pictures that show no item", Reading()) if p.urls >= MOSTLY else None
    if p.urls >= MOSTLY:
        if p.words & field_names.among("images") or p.pictures > 0.5:
            return "image", "addresses of pictures", Reading("image")
        return "url", "addresses", Reading("url")
    if p.pictures > 0.5:
        return "image", "names of pictures", Reading("image")
    return None


def _code(p: Profile) -> str | None:
    """Why a field is of use to the owner's machines alone, if it is."""
    last = p.phrase.rpartition(" ")[2]
    varied = p.distinct >= 0.3 * p.filled or p.number_share >= MOSTLY
    if p.phrase in field_names.among("owners_cost"):
        return "what the item costs its seller"
    if (p.words & field_names.among("codes")) and (varied or p.is_flag):
        return "a code or a detail of the file, by its name"
    if p.phrase in field_names.among("other_titles"):
        return "another form of the title or of a name"
    if last in ("id", "ids") and not p.lists and (p.one_word > 0.9 or p.number_share >= MOSTLY):
        return "an identifier"
    if p.filled >= MANY and not p.lists and p.is_unique and p.dates < 0.5:
        amounts = max(p.number_share, p.measure_share, p.price_share) > 0.5
        if p.codes >= 0.9 and not amounts:
            return "a code of its own in every row"
        if p.figures > 0.9 and p.length < SENTENCE and not amounts and amount_reading(p) is None:
            return "a number of its own in every row"
    if p.is_code_number and not p.words & {"rank", "price", "year", "count"}:
        return "numbers that count nothing"
    if p.lists and p.numbers == [] and not p.texts and p.distinct > 1:
        return "lists of numbers" if any(v for v in p.values if len(v) > 20) else None
    return None


def _number(p: Profile) -> tuple[Role, str, Reading] | None:
    if p.lists:
        return None
    if field_names.names_price(p.name) and p.price_share >= MOSTLY:
        return "price", "its name, and amounts", amount_reading(p, money=True) or Reading()
    if p.phrase in field_names.among("owners_cost"):
        return None
    if p.price_share >= NEARLY and sum(p.currencies.values()) >= MOSTLY * p.filled:
        return "price", "amounts with a currency", amount_reading(p, money=True) or Reading()
    reading = amount_reading(p)
    if reading is None:
        return None
    if field_names.names_stock(p.name):
        return "stock", "its name, and numbers", reading
    mean = p.words & {
        "rating",
        "score",
        "average",
        "mean",
        "avg",
    }  # "reviews.rating" counts nothing
    if field_names.popularity_rank(p.name) is not None and reading.kind == "number" and not mean:
        return "popularity", "its name, and counts", reading
    return "number", "numbers" if reading.kind == "number" else "numbers with a unit", reading


def _words(p: Profile) -> tuple[Role, str, Reading]:
    if field_names.names_people(p.name) and p.length <= 4 * LONG_TEXT and p.figures < 0.5:
        return "person", "its name", _people(p)
    reading = _values(p)
    listed = reading.kind == "list" or p.lists > 0
    if field_names.names_description(p.name) and not (listed and p.lists) and p.sentences > 0.05:
        return "description", "its name, and running text", Reading("prose")
    if p.phrase == "description":
        return "description", "its name", Reading("prose")
    if p.words & field_names.among("steps") and (p.sentences > 0.3 or p.length > SENTENCE / 2):
        return "description", "its name, and running text", Reading("prose")
    if "ingredients" in p.words or "ingredient" in p.words:
        return "facet", "its name", reading
    if p.lists:
        if p.length > SENTENCE:
            return "description", "lists of sentences", Reading("prose")
    elif p.length > LONG_TEXT and reading.kind != "list":
        return "description", "long texts", Reading("prose")
    elif reading.kind != "list" and p.filled >= MANY and p.is_unique and p.sentences > 0.5:
        return "description", "a sentence of its own in every row", Reading("prose")
    if not p.words & field_names.among("places") and not field_names.names_list(p.name):
        names = splitting.names_parted(p.beginnings)
        inner = [n for t in p.beginnings for n in splitting.people(t, names)]
        if splitting.looks_like_names(inner):
            return "person", "names of people, by their form", _people(p)
    what = "several values" if listed else "short texts"
    return "facet", what, reading


def _values(p: Profile) -> Reading:
    """How the words of a facet are read: whole, or split where a text holds several."""
    if p.is_flag:
        return Reading("flag", _flag_words(p))
    if not p.texts:
        return Reading()
    if p.lists:
        sign = splitting.separator(p.beginnings)
        return Reading("list", sign) if sign in (">", "--", "|") else Reading()
    sign = splitting.separator(p.beginnings, is_list=field_names.names_list(p.name))
    return Reading("list", sign) if sign else Reading()


def _people(p: Profile) -> Reading:
    if p.lists:
        return Reading()
    names = splitting.names_parted(p.beginnings)
    return Reading("people", names.sign, "last first" if names.last_first else "")


def _flag_words(p: Profile) -> str:
    words = [
        w for w in field_names.words_of(p.name.rpartition(".")[2]) if w not in ("is", "has", "flag")
    ]
    return " ".join(words) or p.name


def _date_order(p: Profile) -> str:
    return "day first" if day_first(p.texts)[0] else ""


def _unit_name(p: Profile, reading: Reading | None) -> str:
    """The field's name with the unit at its end, where the unit is stripped off the values."""
    if reading is None or reading.unit in ("", "min"):
        return ""
    if reading.kind != "measure" and reading.unit not in (
        "days",
        "nights",
        "weeks",
        "months",
        "years",
    ):
        return ""
    return "" if reading.unit in p.words else f"{p.name}_{reading.unit}"


def _one_popularity(found: list[Decision], given: Mapping[str, Role]) -> list[Decision]:
    """One field alone counts how often an item was chosen; other counts stay numbers."""
    counts = [d for d in found if d.role == "popularity"]
    if len(counts) < 2:
        return found
    best = min(
        counts, key=lambda d: (d.field not in given, field_names.popularity_rank(d.field) or 0)
    )
    return [
        replace(d, role="number", why=f"a count; {best.field} tells popularity")
        if d.role == "popularity" and d is not best and d.field not in given
        else d
        for d in found
    ]


def _no_second_markup(d: Decision, p: Profile, given: Mapping[str, Role]) -> Decision:
    """A long HTML text that is not the description by name says nothing that is searched for."""
    if d.role != "description" or d.field in given or field_names.names_description(p.name):
        return d
    if p.markup > 0.5 and p.length > 300:
        return replace(d, role="ignore", why="long HTML beside a description")
    return d
