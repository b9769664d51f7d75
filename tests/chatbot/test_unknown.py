"""What the catalogue does not say: out of the question for a limit, a note on the card for a wish."""

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.profile import Limit, Preference, Profile
from chatbot.respond import respond
from tests.chatbot.worlds import Row, opened
from tests.conftest import last

ROWS: list[Row] = [
    {"id": "a", "title": "A", "genres": ["western"], "runtime": 90, "content_notes": []},
    {"id": "b", "title": "B", "genres": None, "runtime": 95, "content_notes": []},
    {"id": "c", "title": "C", "genres": ["drama"], "runtime": None, "content_notes": ["gore"]},
    {"id": "d", "title": "D", "genres": ["drama"], "runtime": 100},
    {"id": "e", "title": "E", "genres": [], "runtime": 100, "content_notes": []},
]


def shown(**profile: tuple[Limit | Preference, ...]) -> Finished:
    conversation = Conversation("t", "shop", profile=Profile(**profile))  # type: ignore[arg-type]
    return last(respond(conversation, "more", opened(ROWS).parts))


def ids(finished: Finished) -> list[str]:
    return sorted(card.item.id for card in finished.cards)


def test_an_unknown_number_or_facet_is_excluded_by_a_limit() -> None:
    assert ids(shown(limits=(Limit("runtime", "<=", 100, "up to 100", 1),))) == ["a", "b", "d", "e"]
    assert ids(shown(limits=(Limit("genres", "=", "drama", "only drama", 1),))) == ["c", "d"]


def test_an_unknown_warning_is_excluded_and_an_empty_one_is_not() -> None:
    """ "No gore" let through whatever left its content notes out."""
    assert ids(shown(avoids=(Preference("content_notes", "gore", 1.0, "no gore", 1),))) == [
        "a", "b", "e",
    ]  # fmt: skip


def test_a_wish_shows_what_may_meet_it_with_a_note() -> None:
    wish = Preference("genres", "western", 0.4, "preferably a western", 1)
    found = shown(wants=(wish,))
    assert ids(found) == ["a", "b"]
    card = next(c for c in found.cards if c.item.id == "b")
    assert card.reason.endswith("The catalogue does not say its genres.")
    (note,) = [e for e in card.evidence if e.kind == "unknown"]
    assert (note.field, note.quote) == ("genres", "preferably a western")
    sure = next(c for c in found.cards if c.item.id == "a")
    assert "does not say" not in sure.reason


def test_all_keep_to_is_not_said_of_what_the_catalogue_does_not_say() -> None:
    """ "All keep to “no horror”" was said of items whose genres nobody had written down."""
    found = shown(avoids=(Preference("genres", "horror", 1.0, "no horror", 1),))
    assert "b" in ids(found)
    assert "All keep to" not in found.reply
    assert "As for “no horror”, I can only go by" in found.reply
