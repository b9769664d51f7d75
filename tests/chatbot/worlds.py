"""Random catalogues, profiles and utterances, for what has to hold in every one of them."""

import math
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis.strategies as st

from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.profile import SIMILAR, Limit, Preference, Profile
from chatbot.settings import DialogueSettings
from retrieval.constraints import Op
from retrieval.settings import RankSettings
from tests.conftest import make_retriever

Row = dict[str, Any]
WORDS = [
    "horror",
    "comedy",
    "drama",
    "war",
    "romance",
    "heist",
    "western",
    "noir",
    "jazz",
    "rock",
    "garden",
    "lamp",
    "oak",
    "steel",
    "vegan",
    "nuts",
    "gluten",
    "dairy",
    "spicy",
    "cosy",
    "bleak",
    "funny",
    "scary",
    "clowns",
    "spiders",
    "dogs",
    "puzzle",
    "dice",
    "cards",
    "trains",
    "ships",
    "space",
    "robots",
    "vampires",
    "ghosts",
    "Paris",
    "Rome",
    "Vietnam",
    "恐怖",
    "喜剧",
    "爱情",
    "牛奶",
    "ужасы",
    "l'été",
    "Amélie",
    "façade",
    "rock’n’roll",
    "sci-fi",
    "C++",
    "1984",
    "7",
    "½",
    "X-Ray",
    "it",
    "more",
    "red",
    "Spider-Man",
    "New_York",
    "NASA",
    "über",
    "İstanbul",
    "ﬁne",
    "ℌorror",
    "😀",
    "!!!",
    "No",
    "Vietnam-War",
    "strawberry",
    "violin",
]
PHRASES = ("war violence", "animal death", "rock music", "Vietnam War", "dark comedy", "child death", "no sugar",
           "红 烧", "film noir", "something else", "tree nuts", "red wine")  # fmt: skip
PEOPLE = ("Ada Bell", "Tom Cruise", "Cruise Tomlin", "Robert De Niro", "José Niño", "王家卫", "Björk", "Li Bai",
          "Anna May Wong", "May Brook", "John Ford", "John Fordham", "O'Neill", "Bell")  # fmt: skip
SERIES = ("Star Wars", "Alien", "The Godfather", "It", "Rocky", "星球大战", "Toy Story", "Catan", "Le Métro", "Up",
          "Oak table", "A Lamp", "Dune", "10", "")  # fmt: skip
REST = ("", "", "", " 2", " 3", ": The Return", " II", " Part II", " - Origins", "：新希望", " Follows", " Nation",
        " III: Doom", " IV", " X", ", Part 3", " & Son", " (1982)", "!")  # fmt: skip
FACETS = (
    "genres",
    "tags",
    "category",
    "material",
    "content_notes",
    "allergens",
    "mood of it",
    "countries",
    "风格",
)
PERSONS = ("cast", "directors", "author", "designers")
NUMBERS = ("year", "runtime", "price", "pages", "players", "calories", "stock")
OPS: tuple[Op, ...] = ("<", "<=", "=", ">=", ">", "!=")
CUES = ("no {}", "not {}", "nothing with {}", "without {}, please", "I hate {}", "{}", "something like {}", "a {} one",
        "preferably {}", "only {}", "I loved {}", "I've seen {}", "{} was boring", "more like {}", "actually {} is fine",
        "forget {}", "less {}", "not too {}", "no {} and no {}", "{} or {} but not {}", "{} with {}", "anything but {}",
        "seen {} already", "what about {}?", "{}, under {n}", "why {}?")  # fmt: skip
LIMITS = ("under {n}", "over {n}", "after {n}", "before {n}", "at most {n} minutes", "under {n} euros", "between {n} and {n}",
          "from {n}", "not from {n}", "at least {n} pages", "less than {n} calories", "up to {n} minutes", "in {n}",
          "shorter", "longer", "newer", "older", "cheaper", "not too long", "from the 80s")  # fmt: skip
PLAIN = ("more", "something else", "surprise me", "just show me", "skip", "yes", "no", "undo", "start over", "hello", "why?",
         "I've seen the first", "the second was boring", "the first one again", "like the second but shorter", "show me those again",
         "which is the longest?", "compare the first and the second", "what do you know about me?", "thanks", "another list",
         "none of these", "I don't like any", "I'll take the first", "seen 1 and 2", "any year is fine", "forget the year")  # fmt: skip
NOISE = ("", "😀", "…", "asdf qwer", "??", "<b>no</b>", "\x00\u200b", "no no no", "ich möchte etwas Lustiges", "不要恐怖",
         "x" * 300, "“no”", "12", "-5", "1e9", "not not bad", "; drop table items")  # fmt: skip


@dataclass(frozen=True)
class World:
    """A catalogue with all that answers for it, and the words that can be said of it."""

    rows: tuple[Row, ...]
    parts: Parts
    values: tuple[tuple[str, str], ...]
    """Facet and value, of every value that a row has."""
    numbers: tuple[tuple[str, float], ...]
    """Field and number, likewise."""


def _number(dice: random.Random, name: str) -> Any:
    if dice.random() < 0.2:
        return dice.choice((None, None, "", "n/a")) if dice.random() < 0.15 else None
    low, high = (1920, 2025) if name == "year" else (-5, 40) if name == "stock" else (0, 200)
    if dice.random() < 0.02:
        return dice.choice((0, -1, 10**18, 10**400, math.nan, math.inf, -math.inf, True, 1e-9))
    whole = dice.randint(low, high)
    return whole if name == "year" or dice.random() < 0.7 else round(whole + dice.random(), 2)


def _text(dice: random.Random, vocabulary: Sequence[str], single: bool) -> Any:
    if dice.random() < 0.2:
        return dice.choice((None, [], "", [""]))
    if single:
        return dice.choice(vocabulary)
    return dice.sample(vocabulary, min(len(vocabulary), dice.randint(1, 3)))


@st.composite
def row_lists(draw: st.DrawFn) -> list[Row]:
    """A catalogue of 1 to 60 rows: some fields, each with a vocabulary of its own, gaps everywhere."""
    vocabulary = st.lists(st.sampled_from([*WORDS, *PHRASES]), min_size=1, max_size=8, unique=True)
    facets = draw(st.dictionaries(st.sampled_from(FACETS), vocabulary, max_size=3))
    people = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=6, unique=True)
    persons = draw(st.dictionaries(st.sampled_from(PERSONS), people, max_size=2))
    numbers = draw(st.lists(st.sampled_from(NUMBERS), max_size=3, unique=True))
    series = draw(st.lists(st.sampled_from(SERIES), min_size=1, max_size=5, unique=True))
    prose, counted = draw(st.booleans()), draw(st.booleans())
    size = draw(st.integers(1, 60))
    dice = random.Random(draw(st.integers(0, 2**32)))
    rows: list[Row] = []
    for n in range(size):
        row: Row = {"id": f"i{n}", "title": dice.choice(series) + dice.choice(REST)}
        row |= {
            f: _text(dice, v, f in ("category", "author")) for f, v in {**facets, **persons}.items()
        }
        row |= {f: _number(dice, f) for f in numbers}
        if prose:
            row["description"] = " ".join(
                dice.choices([*WORDS, *PHRASES, "the", "of", "a"], k=dice.randint(0, 12))
            )
        if counted:
            row["popularity"] = dice.choice((0, 1, 50, None))
        rows.append({k: v for k, v in row.items() if k in ("id", "title") or dice.random() > 0.05})
    return rows


def opened(rows: Sequence[Row], dialogue: DialogueSettings | None = None) -> World:
    """The world of some rows, with the light twins."""
    with tempfile.TemporaryDirectory() as folder:
        retriever = make_retriever(Path(folder) / "shop", [dict(row) for row in rows])
    parts = Parts(
        retriever,
        Lexicon(retriever.catalogue),
        None,
        0.0,
        1,
        RankSettings(),
        dialogue or DialogueSettings(),
    )
    schema = retriever.catalogue.schema
    values = {
        (f, v)
        for i in retriever.catalogue.items.values()
        for f in schema.facets
        for v in i.values(f)
    }
    titles = {("title", str(row["title"])) for row in rows} | {("title", s) for s in SERIES[:4]}
    numbers = {
        (f, row[f]) for row in rows for f in schema.numbers if isinstance(row.get(f), int | float)
    }
    known = sorted((f, n) for f, n in numbers if abs(n) < 10**15)
    return World(tuple(rows), parts, tuple(sorted(values | titles)), tuple(known))


def profile_of(world: World, dice: random.Random) -> Profile:
    """A profile that the catalogue can be held against: some of it fits, some never can."""
    ids = [row["id"] for row in world.rows]

    def some(most: int) -> tuple[str, ...]:
        return tuple(dice.sample(ids, min(len(ids), dice.randint(0, most))))

    def preference(strengths: Sequence[float]) -> Preference:
        facet, value = (
            dice.choice(world.values)
            if dice.random() < 0.85
            else ("text", dice.choice((*WORDS, *PHRASES)))
        )
        return Preference(facet, value, dice.choice(strengths), f"so to say {value}", 1)

    def limit() -> Limit:
        if world.numbers and dice.random() < 0.7:
            facet, value = dice.choice(world.numbers)
            return Limit(
                facet,
                dice.choice((*OPS, "<=", ">=", "!=")),
                value + dice.choice((0, 0, 1, -0.5, 30)),
                "so far",
                1,
            )
        facet, word = dice.choice(world.values)
        return Limit(
            facet, dice.choice(("=", "!=", "!=", "!=", "!=", "<")), word, f"only {word}", 1
        )

    wants = [preference((0.4, 0.5, 0.8, 1.0)) for _ in range(dice.randint(0, 2))]
    wants += [
        Preference(SIMILAR, id, 1.0, "like that", 1, "that")
        for id in some(1)
        if dice.random() < 0.3
    ]
    avoids = [preference((0.2, 0.49, 0.5, 0.8, 1.0)) for _ in range(dice.randint(0, 2))]
    limits = [limit() for _ in range(dice.choice((0, 0, 0, 1, 1, 2)))]
    few = partial(some, 2)
    return Profile(tuple(wants), tuple(avoids), tuple(limits), few(), few(), few())


def utterance_of(world: World, dice: random.Random) -> str:
    """Something to say: words of the catalogue behind cue words, numbers, fixed phrases, noise."""
    kind = dice.random()
    if kind < 0.45:
        said = dice.choice(CUES)
        while "{}" in said:
            said = said.replace("{}", dice.choice(world.values)[1], 1)
    elif kind < 0.65:
        said = dice.choice(LIMITS)
    else:
        said = dice.choice(PLAIN) if kind < 0.95 else dice.choice(NOISE)
    while "{n}" in said:
        number = (
            dice.choice(world.numbers)[1]
            if world.numbers and dice.random() < 0.8
            else dice.randint(-3, 2030)
        )
        said = said.replace("{n}", f"{number:g}" if isinstance(number, float) else str(number), 1)
    return (
        said
        if dice.random() < 0.85
        else f"{said}, {dice.choice(CUES).format(*[dice.choice(world.values)[1]] * 3, n=90)}"
    )
