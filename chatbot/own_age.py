"""Years that are told by how old somebody is: "older than me", and where they say it, "I'm 64"."""

from datetime import UTC, datetime

from chatbot.bounds import Bound
from chatbot.quantities import number
from chatbot.reading import Reading
from chatbot.words import pattern
from retrieval.constraints import Op
from retrieval.item import Schema


def bounds_by_age(text: str, schema: Schema, language: str) -> list[Bound]:
    """The year before or after which something is, where a speaker says how old they are."""
    compared = pattern("limits", "words.than_me", language).search(text)
    if compared is None:
        return []
    of_other = compared["who"] is not None
    ages = pattern("limits", "words.own_age", language).finditer(text)
    age = next((a for a in ages if (a["other"] is not None) is of_other), None)
    years = schema.measuring("year")
    if not age or not years:
        return []
    year = datetime.now(UTC).year - int(number(age["n"]))
    older, denied = compared["older"] is not None, compared["not"] is not None
    ops: dict[tuple[bool, bool], Op] = {
        (True, False): "<",
        (True, True): ">=",
        (False, False): ">",
        (False, True): "<=",
    }
    return [Bound(years[0], ops[older, denied], float(year), *compared.span())]


def read_unclear(reading: Reading) -> None:
    """Notes a year that is told by somebody's age, where the utterance does not say which year that is."""
    schema, language = reading.lexicon.schema, reading.language
    years = schema.measuring("year")
    unclear = pattern("talk", "question.unclear", language).search(reading.text)
    if not unclear or bounds_by_age(reading.text, schema, language):
        return
    said = [x for x in reading.limits if x.facet in years]
    places = [(at := reading.text.find(x.quote), at + len(x.quote)) for x in said]
    if all(start < unclear.end() and unclear.start() < end for start, end in places):
        reading.unclear = unclear[0].strip()
