"""What the page's buttons say in the visitor's place is understood, in every language."""

from collections.abc import Iterator
from typing import Any

import pytest

from chatbot.events import Finished, Understood
from chatbot.together import FinishedTogether, InScene
from chatbot.voice import Voice
from chatbot.words import languages
from ui.page_words import preferred, starters
from ui.service import Service
from ui.settings import load

NAMES = ("films", "books")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    made = Service(tmp_path_factory.mktemp("home"), settings, NAMES)
    yield made
    made.close()


def turn(service: Service, id: str, text: str) -> tuple[Understood, Finished]:
    events: list[Any] = list(service.respond(id, text))
    (understood,) = [e for e in events if isinstance(e, Understood)]
    return understood, events[-1]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", NAMES)
def test_every_starter_is_understood_and_answered_with_a_list(
    service: Service, name: str, language: str
) -> None:
    for text in starters((name,), Voice(language)):
        understood, finished = turn(service, service.start(name).id, text)
        profile = understood.profile
        stated = [w for w in profile.wants if w.facet != "text"] or profile.limits
        anything = "no-preference" in {act.act for act in understood.acts}
        assert understood.language == language
        assert finished.cards, text
        assert anything or stated, text
        assert bool(profile.avoids) == (("no " in text) or ("nothing" in text) or ("不要" in text))


@pytest.mark.parametrize("language", languages())
def test_every_starter_for_two_catalogues_brings_a_list_of_each(
    service: Service, language: str
) -> None:
    for text in starters(NAMES, Voice(language)):
        id = service.joint.start(NAMES).id
        events: list[InScene | FinishedTogether] = list(service.joint.respond(id, text))
        finished = events[-1]
        assert isinstance(finished, FinishedTogether)
        assert [(s.catalogue, bool(s.finished.cards)) for s in finished.scenes] == [
            (name, True) for name in NAMES
        ], text


@pytest.mark.parametrize("language", languages())
def test_the_buttons_that_answer_a_list_do_what_they_say(service: Service, language: str) -> None:
    voice, id = Voice(language), service.start("films").id
    _, first = turn(service, id, starters(("films",), voice)[0])
    before = [card.item for card in first.cards]
    for button, action in (("more", "recommend"), ("other", "recommend"), ("why", "explain"), ("just_show", "recommend")):  # fmt: skip
        _, finished = turn(service, id, voice.phrase(f"page.{button}"))
        assert finished.action == action, button
        assert not {c.item.id for c in finished.cards} & {i.id for i in before}
    said = voice.phrase("page.card.says_more_like", title=before[0].label())
    understood, finished = turn(service, id, said)
    assert before[0].id in {w.value for w in understood.profile.wants if w.facet == "similar_to"}
    assert finished.cards


def test_a_catalogue_that_we_do_not_know_has_a_starter_too() -> None:
    for language in languages():
        assert starters(("lamps",), Voice(language)) == Voice(language).all("page.starters.any")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9,zh;q=0.1", "en"),
     ("de-DE,de;q=0.9,zh;q=0.5", "zh"), ("fr", "en"), (";;,,*", "en"), ("ZH-tw", "zh")],
)  # fmt: skip
def test_before_anything_is_said_the_browser_names_the_language(
    accepted: str, language: str
) -> None:
    assert preferred(accepted) == language
