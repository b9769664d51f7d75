"""Company and occasion: "with my kids", "a gift for my father", "for a rainy Sunday".

They are no wish by themselves: they are kept on the profile as what was said, with facet `context`,
and stand for wishes of their own, and for what rather not, only where the word lists say so.
"""

import re
from collections.abc import Callable, Sequence

from chatbot.acts import Act
from chatbot.lexicon import Lexicon, Sense
from chatbot.polarity import WANTED
from chatbot.profile import CONTEXT, Preference
from chatbot.quantities import number
from chatbot.reading import Reading
from chatbot.words import company, entries, pattern, patterns
from retrieval.text import fold

GENRES = frozenset({"genre", "genres"})
CHILD = 12  # years
UNSUITED = 0.3
"""How much counts against an item what does not suit the company; nothing is excluded by it."""


def read_context(reading: Reading, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Adds what was said of company and occasion; gives the characters that say it."""
    found: list[tuple[int, int]] = []
    for expression in entries("talk", "context.said", reading.language):
        for match in re.finditer(expression, reading.text, re.I):
            span = match.span("said" if "said" in match.re.groupindex else 0)
            if any(s < span[1] and span[0] < e for s, e in (*taken, *found)):
                continue
            if pattern("talk", "context.refused", reading.language).search(
                reading.text[: span[0]]
            ) and not pattern("talk", "context.leads", reading.language).match(
                reading.text[span[0] :]
            ):
                continue  # "no Christmas stuff" is no occasion
            found.append(span)
            quote = reading.text[slice(*span)].strip()
            reading.wants.append(
                Preference(CONTEXT, quote.casefold(), WANTED, quote, reading.turn, phrase=quote)
            )
            to = match.groupdict().get("to") or ""
            said = quote.removesuffix(to)  # not who waits at the end of a journey
            _read_company(reading, f"{said} child" if _is_young(reading, span) else said, quote)
            reading.acts.append(Act("inform", quote))
    return found


def forget_company(reading: Reading, is_stated: Callable[[int], bool]) -> None:
    """Takes back what only a question spoke of: "is it too scary for my kids?" wishes for nothing."""
    asked = {
        w.quote
        for w in reading.wants
        if w.facet == CONTEXT and not is_stated(reading.text.find(w.quote))
    }
    reading.wants = [w for w in reading.wants if w.quote not in asked]
    reading.avoids = [a for a in reading.avoids if a.quote not in asked]
    reading.acts = [a for a in reading.acts if a.act != "inform" or a.quote not in asked]


def forget_suiting(reading: Reading, is_stated: Callable[[int], bool]) -> None:
    """Takes back what would suit the company that only a question of an item speaks of: "is it any good for a
    five year old?"."""
    asked = {
        w.quote
        for w in reading.wants
        if w.facet == CONTEXT and not is_stated(reading.text.find(w.quote))
    }
    reading.wants = [w for w in reading.wants if w.facet == CONTEXT or w.quote not in asked]
    reading.avoids = [a for a in reading.avoids if a.quote not in asked]


def _is_young(reading: Reading, span: tuple[int, int]) -> bool:
    """Whether what was said of company says of a child how old it is: "for a ten year old"."""
    found = (
        match
        for expression in patterns("limits", "words.age", reading.language)
        for match in expression.finditer(reading.text)
    )
    return any(m.start() < span[1] and span[0] < m.end() and number(m["n"]) <= CHILD for m in found)


def _read_company(reading: Reading, company_said: str, quote: str) -> None:
    """What suits the company is wished for; what does not counts against, and excludes nothing."""
    said, known = f" {fold(company_said)} ", reading.lexicon.values
    for heading, entries_of, strength in (
        ("suits", reading.wants, WANTED),
        ("unsuited", reading.avoids, UNSUITED),
    ):
        meant = [vs for word, vs in company(heading).items() if f" {word} " in said]
        for value in dict.fromkeys(v for values in meant for v in values):
            suiting = _suiting(value, reading.lexicon) if heading == "suits" else None
            for sense in known.get(fold(value), []) if suiting is None else suiting:
                entry = Preference(
                    sense.facet, sense.value, strength, quote, reading.turn, phrase=quote
                )
                entries_of.append(entry)


def _suiting(value: str, lexicon: Lexicon) -> list[Sense]:
    """Of words with a stroke between them the one that is a genre here, else the first that is known, in its
    commonest facet: "family" is for children as a genre, and as a tag it is what a story is about."""
    known = [lexicon.values[w] for w in map(fold, value.split("|")) if w in lexicon.values]
    found = [lexicon.primary(senses) for senses in known]
    genres = (f for f in found if any(fold(s.facet) in GENRES for s in f))
    return next(genres, next(iter(found), []))
