"""The words of a catalogue: what a visitor's phrase can name in it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from chatbot.beginnings import Beginnings
from chatbot.called import called, counted, pairs, starts, unspaced
from chatbot.lacking import lacks
from chatbot.ordinary_words import ordinary_words
from chatbot.siblings import siblings, surname
from chatbot.words import concepts, cues, places, renderings
from chatbot.words.everyday import EVERYDAY, KNOWN, frequency
from chatbot.words.filler import filler
from chatbot.words.spellings import respelt
from retrieval.catalogue import Catalogue
from retrieval.item import PEOPLE_FIELDS, WARNING_FACETS, Item
from retrieval.kinds import Kinds
from retrieval.stop_words import STOP_WORDS
from retrieval.text import HAN, fold, singular

Kind = Literal["value", "person", "title"]
CATEGORY_FACETS = frozenset({"category", "categories", "kind", "type", "course"})
SHORTEST_TITLE = 6  # characters; of those that may be misspelt
LONG_NAME = 2  # words; a title of more describes what it names
MOST_CONTAINING = 40  # values that one excluded phrase may take with it


@dataclass(frozen=True)
class Sense:
    """One thing that a phrase can name. For a title, `value` is the item's id."""

    kind: Kind
    facet: str
    value: str
    count: int = 1


@dataclass(frozen=True)
class Mention:
    """A phrase that names something: tokens `first` to `last` (inclusive), and what it can mean.

    `groups` are senses that are all meant; the senses of one group are alternatives.
    """

    first: int
    last: int
    groups: tuple[tuple[Sense, ...], ...]
    quote: str

    @property
    def kind(self) -> str:
        """What it names: a value, a person or a title."""
        return self.groups[0][0].kind

    @property
    def senses(self) -> list[Sense]:
        """All senses of all groups."""
        return [sense for group in self.groups for sense in group]


class Lexicon:
    """Phrases of one catalogue, folded, each with its senses, the most frequent first."""

    def __init__(self, catalogue: Catalogue, nouns: frozenset[str] = frozenset()) -> None:
        self.nouns = nouns
        """What its things are called, folded: no wish by themselves ("a book")."""
        self.catalogue, self.items = catalogue, catalogue.items
        self.nearest: Callable[[str], Sequence[Sense]] = lambda _: ()
        """Facet values that a phrase is another word for; see `chatbot.synonyms`."""
        self.schema = catalogue.schema
        self.values: dict[str, list[Sense]] = {}
        self.singulars: dict[str, list[Sense]] = {}
        self.spelt: dict[str, list[Sense]] = {}
        """Values by one of their spellings: "jewelry" for "jewellery"."""
        self.people: dict[str, list[Sense]] = {}
        self.surnames: dict[str, list[Sense]] = {}
        self.titles: dict[str, list[Sense]] = {}
        self.given_names: dict[str, list[Sense]] = {}
        self.tails: dict[str, list[Sense]] = {}
        """Last words of names among the facet values: "Bond" for "James Bond"."""
        self._read_facets(catalogue.items.values())
        self._read_titles(catalogue.items.values())
        self.ordinary = ordinary_words(catalogue)
        self.kinds = Kinds(catalogue.items.values(), catalogue.schema)
        self.by_word: dict[str, list[str]] = {}
        self._read_words_of_titles()
        self._read_parts_of_titles()
        self._read_starts_of_titles()
        self._read_pairs_of_titles()
        self._unspaced = unspaced(self.titles)
        surely = (w for w, s in self.tails.items() if len(s) == 1 and w in self.surnames)
        self.tails = {w: self.tails[w] for w in surely if w not in self.values}
        self.known = self.ordinary | {
            w for phrase in (*self.values, *self.titles) for w in phrase.split()
        }
        named = (self.values, self.singulars, self.spelt, self.people, self.surnames, self.titles)
        self.beginnings = Beginnings(named)
        self._country_facets = [
            f for f in self.schema.facets if fold(f) in ("countries", "country", "origin")
        ]

    def _read_facets(self, items: Iterable[Item]) -> None:
        counts: dict[tuple[str, str], int] = {}
        for item in items:
            for facet in self.schema.facets:
                for value in item.values(facet):
                    counts[facet, value] = counts.get((facet, value), 0) + 1
        people = set(self.schema.named("person"))
        for (facet, value), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            phrase = fold(value)
            if facet in people or facet in PEOPLE_FIELDS:
                sense = Sense("person", facet, value, count)
                self.people.setdefault(phrase, []).append(sense)
                for part in value.split("·") if HAN.search(value) else ():
                    if len(part) > 1 and fold(part) != phrase:  # "马尔克斯" is 加西亚·马尔克斯
                        self.people.setdefault(fold(part), []).append(sense)
                self.surnames.setdefault(surname(phrase), []).append(sense)
                if " " in phrase:
                    self.given_names.setdefault(phrase.split()[0], []).append(sense)
            else:
                sense = Sense("value", facet, value, count)
                self.values.setdefault(phrase, []).append(sense)
                if len(value.split()) == 2 and value.istitle():
                    self.tails.setdefault(phrase.split()[-1], []).append(sense)
                self.singulars.setdefault(singular(phrase), []).append(sense)
                if facet in CATEGORY_FACETS and " " in phrase:
                    self.singulars.setdefault(singular(phrase.split()[-1]), []).append(sense)
        for facet in people:
            for kin, names in siblings(self.items.values(), facet).items():
                known = [s for n in names for s in self.people.get(fold(n), ()) if s.facet == facet]
                self.people.setdefault(kin, known)
        for name, senses in self.singulars.items():
            self.spelt.setdefault(respelt(name), []).extend(senses)

    def _read_titles(self, items: Iterable[Item]) -> None:
        for item in sorted(
            items, key=lambda i: (-(i.number("popularity") or 0), -(i.number("year") or 0))
        ):
            phrase = fold(item.title)
            for name in called(item.title, phrase):
                if name:
                    self.titles.setdefault(name, []).append(Sense("title", "title", item.id))

    def _read_words_of_titles(self) -> None:
        """Where each word occurs among the titles, for the search of misspelt ones."""
        for phrase in self.titles:
            if len(phrase) >= SHORTEST_TITLE:
                for word in set(phrase.split()):
                    self.by_word.setdefault(word, []).append(phrase)

    def _read_parts_of_titles(self) -> None:
        """A rare word of a title stands for it ("Totoro"), where it names nothing else; in a shop not
        the last one, which says what the thing is ("Flex Wireless Earphones")."""
        holders: dict[str, set[str]] = {}
        heads = {p.split()[-1] for p in self.titles if len(p.split()) > LONG_NAME}
        for phrase, senses in self.titles.items():
            for word in phrase.split():
                holders.setdefault(word, set()).update(s.value for s in senses)
        for word, items in holders.items():
            valued = word in self.values or singular(word) in self.singulars
            named = valued or word in self.surnames or word in self.given_names
            rate = max(frequency(word), frequency(singular(word)))  # "children's" is not rare
            rare = word not in self.ordinary and rate < EVERYDAY - 0.5
            if self.kinds.facets and word in heads:
                continue
            if word in cues("noise"):
                continue  # "my gran" is not "Gran Torino"
            if len(word) > 3 and len(items) == 1 and rare and not named:
                self.titles.setdefault(word, [Sense("title", "title", next(iter(items)))])

    def _read_starts_of_titles(self) -> None:
        """The first words of a long title stand for it ("Four Weddings"), where no other starts so."""
        holders: dict[str, set[str]] = {}
        for item in self.items.values():
            for start in starts(item.title):
                holders.setdefault(start, set()).add(item.id)
        for start, items in holders.items():
            told = [w for w in start.split() if w not in filler()]
            if len(items) == 1 and told and start.split()[-1] not in STOP_WORDS:
                named = start in self.values or start in self.people or start in concepts()
                if HAN.search(start):
                    ahead = [start[:n] for n in (3, 5)]  # two or three characters
                    named = named or any(p in self.values or p in concepts() for p in ahead)
                    named = named or any(p in places() for p in ahead)
                if not named and (len(told) > 1 or frequency(told[0]) < EVERYDAY - 1):
                    self.titles.setdefault(start, [Sense("title", "title", next(iter(items)))])

    def _read_pairs_of_titles(self) -> None:
        """In a catalogue of kinds, two words of a long title stand for it ("the saddle journal"), where
        no other has both and they do not only say what it is like ("wool coat")."""
        if not self.kinds.facets:
            return
        heads = {p.split()[-1] for p in self.titles if len(p.split()) > LONG_NAME}
        holders: dict[str, set[str]] = {}
        for item in self.items.values():
            for pair in pairs(fold(item.title)):
                holders.setdefault(pair, set()).add(item.id)
        for pair, items in holders.items():
            words = [w for w in pair.split() if w not in heads and not self.value_senses(w)]
            named = pair in self.values or pair in self.people or pair in concepts()
            if len(items) == 1 and words and not named:
                self.titles.setdefault(pair, [Sense("title", "title", next(iter(items)))])

    def value_senses(self, phrase: str) -> list[list[Sense]]:
        """Groups of senses of a folded phrase among facet values; every group is meant.

        Exactly as written first, then the word lists, then in the singular ("westerns" for "western").
        """
        if phrase in concepts():
            groups = [self._exact(values) for values in concepts()[phrase]]
            if all(groups):
                return groups
        if phrase in self.values:
            return [self.values[phrase]]
        for base in _bases(phrase):
            if base in concepts() or base in self.values:
                return self.value_senses(base)
        countries = [
            s
            for name in places().get(phrase) or places().get(singular(phrase), ())
            for s in self.values.get(fold(name), [])
        ]
        if found := [s for s in countries if s.facet in self._country_facets]:
            return [found]
        if phrase in self.tails:
            return [self.tails[phrase]]
        found = self.singulars.get(singular(phrase)) or self.spelt.get(respelt(phrase), [])
        if found:
            whole = [s for s in found if respelt(fold(s.value)) == respelt(phrase)]
            if not whole:  # "shoes": those for men, and those for women
                return [found]
            best = min(whole, key=lambda s: abs(len(s.value) - len(phrase)))
            return [[s for s in whole if fold(s.value) == fold(best.value)]]
        return []

    def _exact(self, values: Iterable[str]) -> list[Sense]:
        return [sense for value in values for sense in self.values.get(fold(value), [])]

    def containing(self, phrase: str) -> list[Sense]:
        """Values of which a phrase is a part: "Vietnam War" for "Vietnam", "rock music" for "rock"."""
        return self._longer(phrase, lacking=False)[:MOST_CONTAINING]

    def lacking(self, phrase: str) -> list[Sense]:
        """Values that say there is none of it: "gluten free" for "gluten"."""
        return self._longer(fold(phrase), lacking=True)

    def _longer(self, phrase: str, lacking: bool) -> list[Sense]:
        words = singular(phrase)
        holding = self._values_with.get(words.partition(" ")[0], ())
        found = (v for v in holding if f" {words} " in f" {singular(v)} " and v != phrase)
        return [s for v in found if lacks(singular(v), words) == lacking for s in self.values[v]]

    @cached_property
    def _values_with(self) -> dict[str, list[str]]:
        """The values that have a word, by the word in the singular."""
        found: dict[str, list[str]] = {}
        for value in self.values:
            for word in dict.fromkeys(singular(value).split()):
                found.setdefault(word, []).append(value)
        return found

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The words that a value or a person's name begins with."""
        return frozenset(known.partition(" ")[0] for known in (*self.values, *self.people))

    def _rendered(self, phrase: str) -> list[Sense]:
        """Items whose title another language writes so; "Title (1999)" means that year's."""
        found: list[Sense] = []
        for title in renderings("titles").get(phrase, ()):
            name, _, year = title.removesuffix(")").rpartition(" (")
            dated = bool(name) and year.isdigit()
            senses = self.titles.get(fold(name if dated else title), [])
            found += [
                s for s in senses if not dated or self.items[s.value].number("year") == int(year)
            ]
        return found

    def _respelt(self, phrase: str) -> list[Sense]:
        """Items whose title is written without its spaces ("starwars"), or with its numbers in words
        or in figures ("godfather part two")."""
        if " " in phrase:
            return self.titles.get(number, []) if (number := counted(phrase)) != phrase else []
        found = self._unspaced.get(phrase)
        known = max(frequency(phrase), frequency(singular(phrase)))
        return self.titles[found] if found and known < KNOWN else []

    def is_category(self, groups: Sequence[Sequence[Sense]]) -> bool:
        """Whether a word names a kind of thing that this catalogue is divided into: "watches"."""
        return any(s.facet in CATEGORY_FACETS for group in groups for s in group)

    def person_senses(self, phrase: str) -> list[Sense]:
        """Who a full name means; every facet that the name stands in."""
        rendered = renderings("names").get(phrase, ())
        others = [s for n in rendered for s in self.people.get(fold(n), [])]
        return self.people.get(phrase) or others

    def name_senses(self, name: str) -> list[Sense]:
        """Who a surname, its plural, or a rare given name means, if one bearer is clearly ahead."""
        if found := _ahead(self.surnames.get(name, []), least=1):
            return found
        alone = name.removesuffix("s")
        everyday = frequency(alone) >= EVERYDAY  # "tanks" is no family of actors
        if name not in self.surnames and not everyday and (found := self.surnames.get(alone, [])):
            return found
        return _ahead(self.given_names.get(name, []), least=3)

    def titled(self, phrase: str, year: int | None = None) -> list[Sense]:
        """Items with that title, of that year if one is given and any item has it."""
        listed = self.titles.get(phrase) or self._rendered(phrase) or self._respelt(phrase)
        found = sorted(listed, key=lambda s: fold(self.items[s.value].title) != phrase)
        exact = [
            s for s in found if year is not None and self.items[s.value].number("year") == year
        ]
        return exact or found

    def primary(self, senses: list[Sense]) -> list[Sense]:
        """For a wish: each value once, in the facet where it is most frequent; people in all."""
        wished = [s for s in senses if s.facet not in WARNING_FACETS]
        best: dict[str, Sense] = {}
        for sense in wished:
            key = fold(sense.value)
            if sense.kind == "person":
                key = f"{key}/{sense.facet}"
            if key not in best or sense.count > best[key].count:
                best[key] = sense
        return list(best.values())


def _bases(phrase: str) -> list[str]:
    """What a comparative can be of: "sadder" of sad, "scarier" of scary, "slower" of slow."""
    ending = next((e for e in ("est", "er") if phrase.endswith(e)), "")
    if " " in phrase or not ending or len(phrase) < 6:
        return []
    stem = phrase.removesuffix(ending)
    doubled = [stem[:-1]] if stem[-1:] == stem[-2:-1] else []
    return [*doubled, f"{stem[:-1]}y" if stem.endswith("i") else stem, f"{stem}e"]


def _ahead(found: Sequence[Sense], least: int) -> list[Sense]:
    """The bearer of a name with at least `least` items, and twice as many as the next."""
    counts: dict[str, int] = {}
    for sense in found:
        counts[sense.value] = counts.get(sense.value, 0) + sense.count
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < least or (len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]):
        return []
    return [s for s in found if s.value == ranked[0][0]]
