"""What strangers met while talking to it, each with other wordings of the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.conversation import Conversation, Turn
from chatbot.events import Finished
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.profile import CONTEXT, Limit, Preference, Profile
from chatbot.understand import Understanding, understand
from chatbot.words.spellings import other_spelling, respelt
from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from tests.conftest import ROOT

Say = Callable[..., list[Finished]]
SHOWN = ("alien-1979", "heat-1995", "up-2009", "amelie-2001", "jaws-1975")


def read(lexicon: Lexicon, text: str, listed: bool = True) -> Understanding:
    turn = Turn("x", "y", "recommend", shown=SHOWN)
    return understand(text, Conversation("t", "films", turns=(turn,) if listed else ()), lexicon)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """The shop of the tests."""
    folder = tmp_path_factory.mktemp("shop") / "shop"
    write_catalogue(folder, read_rows(ROOT / "tests" / "catalogues" / "shop.jsonl"))
    return Lexicon(Catalogue(folder))


def lexicon_of(folder: Path, rows: list[dict[str, object]]) -> Lexicon:
    write_catalogue(folder, rows)
    return Lexicon(Catalogue(folder))


@pytest.mark.parametrize(
    "text",
    [
        "surprise us then", "surprise me please", "you pick, anything goes", "surprise my wife", "wow us",
        "your call", "pick one for us", "choose for me", "I trust you", "whatever you fancy", "给个惊喜",
        "随机来一部", "听你的吧",
    ],
)  # fmt: skip
def test_who_leaves_the_choice_to_us_gets_a_list(say: Say, text: str) -> None:
    assert say(text)[0].cards


@pytest.mark.parametrize(
    "text",
    [
        "she hates everything i pick", "my wife hates every film I choose", "Anna hates all the films I pick",
        "nobody ever likes what I put on", "my husband always falls asleep during whatever I pick",
        "we can never agree on anything", "they never like my choices", "I'm hopeless at picking films",
        "he vetoes everything", "my mother complains about everything", "我选的电影她都不喜欢", "我老公总嫌我挑的片子",
    ],
)  # fmt: skip
def test_a_complaint_about_people_and_picking_is_no_wish(parts: Parts, text: str) -> None:
    change = read(parts.lexicon, text, listed=False).change
    assert not (change.wants)
    assert not (change.avoids)


def test_beside_a_complaint_a_wish_is_one(parts: Parts) -> None:
    said = read(parts.lexicon, "he vetoes everything, so no gore, but she likes comedies", False)
    assert {a.value for a in said.change.avoids} == {"gore"}
    assert "comedy" in {w.value for w in said.change.wants}
    assert read(parts.lexicon, "she hates everything with Tom Cruise", False).change.avoids


def test_what_only_tags_can_tell_is_said_once(say: Say) -> None:
    first, second, third = say("a drama, no ventriloquists", "more", "nothing with clowns")
    assert "“no ventriloquists”, I can only go by" in first.reply
    assert "ventriloquists" not in second.reply
    assert "clowns" in third.reply
    assert "ventriloquists" not in third.reply
    assert "no ventriloquists" in {a.quote for a in third.conversation.profile.avoids}


def test_so_it_is_where_a_genre_stands_for_a_part_of_it(say: Say) -> None:
    first, second = say("a comedy, no kids films", "more")
    assert "“no kids”, I can only go by" in first.reply
    assert "only go by" not in second.reply
    assert not any("family" in c.item.values("genres") for f in (first, second) for c in f.cards)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("not the one with the shark", "Jaws"),
        ("not the one with the dogs", "Up"),
        ("anything but the one in space", "Alien"),
        ("no not the one with Al Pacino", "Heat"),
    ],
)
def test_the_one_with_something_points_at_a_shown_item(parts: Parts, text: str, title: str) -> None:
    assert [a.value for a in read(parts.lexicon, text).change.avoids] == [title]


def test_a_feature_that_nothing_shown_has_rules_nothing_out_and_is_said(say: Say) -> None:
    *_, said, after = say("a western", "not the one with the submarine", "more")
    assert "None of those that are shown is “the one with the submarine”" in said.reply
    assert not said.conversation.profile.avoids
    assert "submarine" not in after.reply


@pytest.mark.parametrize(
    "text",
    [
        "seen it. the other ones too actually", "seen the first one. the rest as well", "seen all of these too",
        "I've seen Alien and the rest of them as well", "seen it, same goes for the others",
        "seen the second, and the rest", "I've seen the others too", "第一部看过，其他的也看过", "看过了，剩下的也都看过",
    ],
)  # fmt: skip
def test_the_others_are_all_that_was_shown_besides(parts: Parts, text: str) -> None:
    assert set(read(parts.lexicon, text).change.seen) == set(SHOWN)


def test_the_others_are_a_film_where_the_film_is_written(parts: Parts) -> None:
    assert read(parts.lexicon, "I've seen The Others").change.seen == ("the-others-2001",)


def test_loved_and_hated_others_come_apart(parts: Parts) -> None:
    change = read(parts.lexicon, "loved the first, hated the others").change
    assert change.liked == SHOWN[:1]
    assert change.disliked == SHOWN[1:]


@pytest.mark.parametrize(
    "text",
    [
        "is there anything upsetting in it", "any sad parts?", "is it scary?", "is there violence", "any swearing?",
        "will it upset my kid?", "does the dog die?", "any content warnings?", "any jump scares in it",
        "is that one suitable for my mum", "anything I should know before watching with my daughter?",
        "里面有暴力镜头吗", "会不会很吓人", "适合孩子看吗", "狗会死吗",
    ],
)  # fmt: skip
def test_what_may_upset_is_answered_and_changes_nothing(parts: Parts, say: Say, text: str) -> None:
    said = read(parts.lexicon, text)
    assert said.did("inquire-item")
    assert said.about == SHOWN[:1]
    assert said.change.is_empty
    start = Conversation("t", "films", turns=(Turn("x", "y", "recommend", shown=SHOWN),))
    answer = say(text, start=start)[0]
    assert answer.action == "answer"
    assert "Alien" in answer.reply
    description = str(parts.lexicon.items["alien-1979"].fields["description"])
    assert description[:40] not in answer.reply


@pytest.mark.parametrize(
    "text",
    ["any scary films?", "anything scary?", "is there anything with no violence?", "no violence", "nothing upsetting"],
)  # fmt: skip
def test_asking_for_something_scary_is_no_question_about_an_item(parts: Parts, text: str) -> None:
    assert not read(parts.lexicon, text).did("inquire-item")


def test_where_the_record_is_silent_it_is_not_known(tmp_path: Path) -> None:
    from chatbot.answer import answer  # noqa: PLC0415

    rows: list[dict[str, object]] = [
        {"id": "a", "title": "Aa", "tags": ["calm"], "content_notes": ["violence"]},
        {"id": "b", "title": "Bb", "tags": ["bleak"], "content_notes": []},
        {"id": "c", "title": "Cc", "tags": ["calm"]},
    ]
    lexicon = lexicon_of(tmp_path / "c", rows)
    said = {i: answer("is there anything upsetting in it", item, lexicon)
            for i, item in lexicon.items.items()}  # fmt: skip
    assert "warns of violence" in said["a"]
    assert "list nothing" in said["b"]
    assert "bleak" in said["b"]
    assert "do not know" in said["c"]
    assert "do not know" in answer("is there violence?", lexicon.items["c"], lexicon)


@pytest.mark.parametrize(
    "text",
    [
        "for a long train ride", "something for the plane", "a film for a long car journey", "on a beach holiday",
        "something for a rainy sunday", "for the train home", "for a flight to Tokyo", "something to watch on the ferry",
        "a film for my commute", "I'm stuck at the airport", "something for the hotel room", "坐长途火车看的", "长途飞行看什么",
    ],
)  # fmt: skip
def test_an_occasion_is_neither_searched_for_nor_a_wish(parts: Parts, say: Say, text: str) -> None:
    from chatbot.recommend import query_of  # noqa: PLC0415

    said = read(parts.lexicon, text, listed=False)
    assert said.change.wants
    assert {w.facet for w in said.change.wants} == {CONTEXT}
    query = query_of(say(text)[0].conversation, parts.retriever)
    assert not query.text
    assert not query.wishes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a film set on a train", "trains"), ("films about train journeys", "trains"),
        ("looking for a christmas film", "Christmas"), ("a road trip movie", "road trip"),
        ("a murder on a train", "trains"),
    ],
)  # fmt: skip
def test_what_a_story_is_about_is_a_wish_still(parts: Parts, text: str, value: str) -> None:
    assert value in {w.value for w in read(parts.lexicon, text, listed=False).change.wants}


@pytest.mark.parametrize(
    "text", ["less old please", "something newer", "newer please", "not so old"]
)
def test_newer_goes_from_the_list_and_keeps_a_hedged_wish(say: Say, text: str) -> None:
    before, after = say("a woman director maybe", text)
    years = [card.item.number("year") or 0 for card in before.cards]
    assert [w.value for w in after.conversation.profile.wants] == ["woman director"]
    assert all((card.item.number("year") or 0) > min(years) for card in after.cards)
    assert all(card.item.has("tags", "woman director") for card in after.cards)


def test_newer_and_then_older_is_not_in_between(say: Say) -> None:
    *_, last = say("a heist film", "something newer", "older please")
    assert [x.op for x in last.conversation.profile.limits] == ["<"]


@pytest.mark.parametrize(
    "text",
    ["the sixth it is", "I'll take the seventh", "number 9 please", "第七个吧"],
)
def test_a_place_beyond_the_list_is_not_accepted(say: Say, text: str) -> None:
    first, last = say("a western", text)
    assert str(len(first.cards)) in last.reply
    assert "Enjoy" not in last.reply
    assert "喜欢" not in last.reply
    assert last.action == "talk"


def test_a_place_is_not_accepted_where_nothing_is_shown(say: Say) -> None:
    assert "Nothing is shown" in say("I'll take the third")[0].reply


def test_the_same_word_in_two_spellings_names_the_same(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": "a", "title": "Ring", "category": "womens-jewellery", "tags": ["grey"]},
        {"id": "b", "title": "Moussaka", "category": "mains", "tags": ["aubergine"]},
    ]
    lexicon = lexicon_of(tmp_path / "c", rows)
    for said, value in (
        ("jewelry", "womens-jewellery"),
        ("gray", "grey"),
        ("eggplants", "aubergine"),
    ):
        assert [s.value for group in lexicon.value_senses(said) for s in group] == [value]
    assert respelt("colours") == respelt("color")
    assert other_spelling("gray sweater") == "grey"
    assert other_spelling("red sweater") == ""


@pytest.mark.parametrize(
    "text", ["a bag with at least 16", "a lamp with at least 16gb", "over 8 gb"]
)
def test_a_figure_without_a_unit_is_no_price_and_is_said(shop: Lexicon, text: str) -> None:
    said = understand(text, Conversation("t", "shop"), shop)
    assert not said.change.limits
    assert said.uncounted
    assert understand("anything over 200", Conversation("t", "shop"), shop).change.limits


def test_a_limit_that_moves_is_not_lifted(shop: Lexicon) -> None:
    profile = Profile(limits=(Limit("price", "<", 20, "under 20", 1),))
    before = Conversation("t", "shop", profile=profile)
    after = before.changed(understand("actually up to 30 is fine", before, shop).change)
    assert [(x.op, x.value) for x in after.profile.limits] == [("<=", 30)]


def test_what_cannot_be_read_was_not_seen(parts: Parts) -> None:
    said = read(parts.lexicon, "no subtitles, he can't read them without his glasses")
    assert not said.change.seen


def test_the_most_of_a_list_is_answered(say: Say) -> None:
    _, shortest, funniest = say("a comedy", "whats the shortest", "which is the funniest?")
    assert "runtime" in shortest.reply
    assert "funniest" in funniest.reply
    assert "Year:" not in funniest.reply


def test_an_empty_list_names_what_was_shown_and_fits(say: Say) -> None:
    first, last = say("a western before 1940", "more")
    if last.cards:
        pytest.skip("there are more of them now")
    assert all(card.item.title in last.reply for card in first.cards)


def test_words_read_as_an_occasion_are_kept_as_they_were_said(parts: Parts) -> None:
    said = read(parts.lexicon, "something for a long bus trip to my parents", listed=False)
    assert said.change.wants == (
        Preference(
            CONTEXT, "for a long bus trip to my parents", 0.8, "for a long bus trip to my parents", 1,
            phrase="for a long bus trip to my parents",
        ),
    )  # fmt: skip
    assert not said.change.avoids
