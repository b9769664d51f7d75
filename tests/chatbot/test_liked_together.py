"""What is said of people who liked two things is true, in both languages, and of five at the least."""

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.liked_together import LEAST_PEOPLE
from chatbot.parts import Parts
from chatbot.recommend import query_of
from chatbot.respond import respond
from finetune.colikes import keep
from retrieval.colike import Colikes, fit
from retrieval.find import Retriever
from retrieval.interactions import Interaction
from retrieval.likes import likes_of
from tests.conftest import last

SAID = {
    "en": re.compile(r"Often liked together with (.+?): (\d+) people liked both\."),
    "zh": re.compile(r"常与(.+?)一起受人喜欢：有(\d+)人两者都喜欢。"),
}
NAMED = {"alien-1979", "heat-1995", "fargo-1996", "the-godfather-1972"}
Likers = dict[str, set[str]]


def learnt(parts: Parts, likers: Likers, what: str = "like") -> Parts:
    """The same parts, with what these people liked."""
    ids = list(parts.lexicon.items)
    rows = [Interaction(user, id, what, 1.0) for user, likes in likers.items() for id in likes]
    made: Colikes = fit(ids, likes_of(keep(rows), {id: n for n, id in enumerate(ids)}))
    own = parts.retriever
    retriever = Retriever(own.catalogue, own.index, own.encoder, own.settings, made)
    return replace(parts, retriever=retriever)


@pytest.fixture(scope="module")
def likers(parts: Parts) -> Likers:
    """300 people with a decade each, and what they like of fifty films of it."""
    chance = np.random.default_rng(3)
    by_decade: dict[int, list[str]] = {}
    for item in parts.lexicon.items.values():
        by_decade.setdefault(int(item.number("year") or 0) // 10, []).append(item.id)
    of = [
        sorted(by_decade[d], key=lambda id: (id not in NAMED, id))[:50] for d in sorted(by_decade)
    ]
    people = [of[int(chance.integers(len(of)))] for _ in range(300)]
    return {
        str(n): set(chance.choice(ids, min(len(ids), 35), replace=False).tolist())
        for n, ids in enumerate(people)
    }


def talk(parts: Parts, *said: str) -> Finished:
    conversation = Conversation("t", "films")
    for utterance in said:
        finished = last(respond(conversation, utterance, parts))
        conversation = finished.conversation
    return finished


def claims(finished: Finished, parts: Parts, language: str) -> Iterable[tuple[str, str, int]]:
    """Item, other item, number, of every sentence of the kind."""
    labels = {item.label(): id for id, item in parts.lexicon.items.items()}
    for card in finished.cards:
        for title, n in SAID[language].findall(card.reason):
            yield card.item.id, labels[title], int(n)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("something like Alien",)),
        ("en", ("I loved Heat and Fargo",)),
        ("en", ("films like The Godfather", "after 1960", "more")),
        ("zh", ("我喜欢Alien和Heat，有类似的吗？",)),
        ("zh", ("我想看像Fargo这样的电影",)),
    ],
)
def test_every_count_is_the_number_of_people_who_liked_both(
    parts: Parts, likers: Likers, language: str, said: tuple[str, ...]
) -> None:
    with_likes = learnt(parts, likers)
    finished = talk(with_likes, *said)
    found = list(claims(finished, parts, language))
    assert found
    for item, other, n in found:
        assert n == sum({item, other} <= likes for likes in likers.values()) >= LEAST_PEOPLE
        profile = finished.conversation.profile
        assert other in {*profile.liked, *(w.value for w in profile.wants)}
    told = [(c.item.id, e.other, e.value) for c in finished.cards for e in c.evidence if e.kind == "colike"]  # fmt: skip
    assert {(i, o, float(n)) for i, o, n in found} <= set(told)
    assert all(e.field in c.item.fields for c in finished.cards for e in c.evidence)


@pytest.mark.parametrize(("people", "shown"), [(LEAST_PEOPLE - 1, False), (LEAST_PEOPLE, True)])
def test_nothing_is_said_of_fewer_than_five_people(parts: Parts, people: int, shown: bool) -> None:
    pair = {"alien-1979", "heat-1995"}
    rest = {f"other{n}": {id} for n, id in enumerate(sorted(parts.lexicon.items)[:100])}
    with_likes = learnt(parts, rest | {str(n): pair for n in range(people)})
    finished = talk(with_likes, "something like Heat")
    assert "alien-1979" in [c.item.id for c in finished.cards]
    claimed = [item for item, _, _ in claims(finished, parts, "en")]
    assert claimed == (["alien-1979"] if shown else [])


def test_what_everybody_likes_is_not_often_liked_together(parts: Parts) -> None:
    everybody = {str(n): {"alien-1979", "heat-1995"} for n in range(50)}
    finished = talk(learnt(parts, everybody), "something like Heat")
    assert not list(claims(finished, parts, "en"))


def test_purchases_and_views_are_called_what_they_are(parts: Parts, likers: Likers) -> None:
    for what, words in (("purchase", "people bought both"), ("view", "took an interest in both")):
        reasons = " ".join(
            c.reason for c in talk(learnt(parts, likers, what), "something like Alien").cards
        )
        assert words in reasons
        assert "liked together" not in reasons


def test_limits_and_what_was_hidden_hold_for_what_is_liked_together(parts: Parts) -> None:
    close = {"heat-1995", "alien-1979", "fargo-1996"}
    crowd = {str(n): close for n in range(60)} | {f"o{n}": {"jaws-1975"} for n in range(60)}
    finished = talk(
        learnt(parts, crowd), "something like Heat", "after 1990, and I have seen Fargo"
    )
    assert not {"alien-1979", "fargo-1996"} & {c.item.id for c in finished.cards}
    assert all((c.item.number("year") or 0) > 1990 for c in finished.cards)


def test_disliked_items_are_handed_to_the_arm(parts: Parts) -> None:
    finished = talk(parts, "something like Heat", "I hated Fargo")
    assert query_of(finished.conversation, parts.retriever).against == {"fargo-1996"}
