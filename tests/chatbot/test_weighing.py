"""Strengths that are set by hand, with the real encoder and the index on disk: they move the lists."""

from collections.abc import Callable, Iterator
from statistics import fmean

import pytest

from chatbot.conversation import Conversation
from chatbot.parts import Parts
from chatbot.profile import Edit, EditAction, Profile, ProfileChange, Section
from chatbot.recommend import query_of
from chatbot.understand import understand
from retrieval.constraints import mentions
from retrieval.find import Query
from retrieval.item import Item
from retrieval.prompt import ScorerPrompt
from retrieval.rank import rank, select
from ui.opening import open_parts
from ui.settings import load

pytestmark = pytest.mark.models
Ask = Callable[..., list[Item]]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Our films with MiniLM and Chroma, without the language model."""
    settings, _ = load([], {}, {"scorer.model": "none"})
    opened = open_parts(tmp_path_factory.mktemp("home"), "films", settings)
    yield opened.parts
    opened.close()


def profile_of(text: str, parts: Parts) -> Profile:
    conversation = Conversation("c", "films")
    return conversation.changed(understand(text, conversation, parts.lexicon).change).profile


def by_hand(profile: Profile, section: Section, action: EditAction, value: str = "") -> Profile:
    """The profile with every entry of a section (or those of one value) edited."""
    edits = tuple(
        Edit(section, p.facet, p.value, action)  # type: ignore[arg-type]
        for p in getattr(profile, section)
        if value in ("", p.value)
    )
    assert edits
    return Conversation("c", "films", profile=profile).changed(ProfileChange(edits=edits)).profile


def ranked(profile: Profile, parts: Parts) -> list[Item]:
    query = query_of(Conversation("c", "films", profile=profile), parts.retriever)
    return [r.candidate.item for r in _rank(query, parts)]


def shown(profile: Profile, parts: Parts) -> list[Item]:
    query = query_of(Conversation("c", "films", profile=profile), parts.retriever)
    chosen = select(_rank(query, parts), 20, parts.retriever, query, parts.rank.diversity)
    return [r.candidate.item for r in chosen]


def _rank(query: Query, parts: Parts):  # type: ignore[no-untyped-def]
    found = parts.retriever.find(query)
    return rank(found, query, ScorerPrompt.of("", "", ""), None, 0.0, 32, parts.rank)


def place(items: list[Item], has: Callable[[Item], bool]) -> float:
    """The mean place of the items that have something, from 0 (first) to 1 (last)."""
    return fmean(n / len(items) for n, item in enumerate(items) if has(item))


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("a scary film, no vampires", lambda i: i.has("tags", "vampires")),
        ("something funny, no romance", lambda i: i.has("genres", "romance")),
        ("a thriller, nothing with Tom Cruise", lambda i: i.has("cast", "Tom Cruise")),
        ("a space adventure with robots, no Star Wars", lambda i: "Star Wars" in i.title),
    ],
)
def test_none_then_fewer_then_slightly_fewer_then_as_many_as_there_are(
    real: Parts, text: str, has: Callable[[Item], bool]
) -> None:
    none = profile_of(text, real)
    fewer = by_hand(none, "avoids", "weaken")
    slightly = by_hand(fewer, "avoids", "weaken")
    as_many = Profile(wants=none.wants)
    assert not any(map(has, ranked(none, real)))
    places = [place(ranked(p, real), has) for p in (as_many, slightly, fewer)]
    assert places[0] < places[1] < places[2]


def test_words_of_no_facet_count_against_too(real: Parts) -> None:
    none = profile_of("a comedy, no hats", real)
    assert [a.facet for a in none.avoids] == ["text"]
    fewer = by_hand(none, "avoids", "weaken")

    def has(item: Item) -> bool:
        return mentions(item, "hats")

    as_many = Profile(wants=none.wants)
    assert not any(map(has, ranked(none, real)))
    assert place(ranked(as_many, real), has) < place(ranked(fewer, real), has)


def test_fewer_shows_fewer(real: Parts) -> None:
    none = profile_of("something funny, no romance", real)
    fewer = by_hand(none, "avoids", "weaken")
    counts = [
        sum(i.has("genres", "romance") for i in shown(p, real))
        for p in (none, fewer, Profile(wants=none.wants))
    ]
    assert counts[0] == 0
    assert counts[1] < counts[2]


def test_a_weaker_wish_gives_way_to_the_other(real: Parts) -> None:
    both = profile_of("a comedy, a western", real)
    less = by_hand(both, "wants", "weaken", "comedy")
    more = by_hand(both, "wants", "strengthen", "comedy")

    def only_western(item: Item) -> bool:
        return item.has("genres", "western") and not item.has("genres", "comedy")

    def only_comedy(item: Item) -> bool:
        return item.has("genres", "comedy") and not item.has("genres", "western")

    gap = [
        place(ranked(p, real), only_comedy) - place(ranked(p, real), only_western)
        for p in (more, both, less)
    ]
    assert gap[0] < gap[1] < gap[2]


def test_a_weaker_example_gives_way_to_what_was_asked_beside_it(real: Parts) -> None:
    both = profile_of("something like Alien, but funny", real)
    less = by_hand(by_hand(both, "wants", "weaken", "alien-1979"), "wants", "weaken", "alien-1979")

    def like_alien(item: Item) -> bool:
        return item.has("genres", "science fiction") and not item.has("genres", "comedy")

    assert place(ranked(both, real), like_alien) < place(ranked(less, real), like_alien)


def test_a_guess_moves_what_bears_it_out_up_and_less_than_a_wish(real: Parts) -> None:
    liked = profile_of("I loved Heat and The Godfather", real)
    guessed = Profile(liked=liked.liked)
    turned_down = Profile(liked=liked.liked, dismissed=(("genres", "crime"), ("cast", "al pacino"), ("tags", "epic")))  # fmt: skip
    wished = Profile(liked=liked.liked, wants=profile_of("crime", real).wants)

    def crime(item: Item) -> bool:
        return item.has("genres", "crime")

    assert place(ranked(guessed, real), crime) < place(ranked(turned_down, real), crime)
    counts = [sum(map(crime, ranked(p, real)[:50])) for p in (turned_down, guessed, wished)]
    assert counts[0] < counts[1] < counts[2]
