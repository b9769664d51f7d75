"""What a stranger asks of a shop assistant: roughly so much, the lightest, a sequel, a thing we lack."""

from dataclasses import replace

import pytest

from chatbot.answer import answer, most_of
from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.mention_model import MiniLmReader
from chatbot.parts import Parts
from chatbot.profile import SIMILAR, ProfileChange
from chatbot.respond import respond
from chatbot.series import begin_alike
from chatbot.understand import understand
from chatbot.voice import ENGLISH, Voice
from retrieval.item import Item
from tests.chatbot.test_labelled import lexicons
from tests.chatbot.test_mention_model import ours
from tests.chatbot.test_other_titles import read, titles
from tests.conftest import last

__all__ = ["lexicons", "ours"]


def change_in(lexicons: dict[str, Lexicon], catalogue: str, said: str) -> ProfileChange:
    return understand(said, Conversation("t", catalogue), lexicons[catalogue]).change


@pytest.mark.parametrize(
    ("catalogue", "said", "facet", "least", "most", "quote"),
    [
        ("films", "around 90 minutes", "runtime", 80, 100, "around 90 minutes"),
        ("films", "something about an hour and a half long", "runtime", 80, 100, ""),
        ("films", "a comedy, two hours or so", "runtime", 110, 130, "two hours or so"),
        ("films", "90分钟左右", "runtime", 80, 100, "90分钟左右"),
        ("films", "找个大概两小时的喜剧", "runtime", 110, 130, "大概两小时"),
        ("recipes", "around 20 minutes please", "total_minutes", 15, 25, ""),
        ("recipes", "around 500 calories per serving", "calories", 438, 562, ""),
        ("books", "about 200 pages", "pages", 175, 225, "about 200 pages"),
        ("shop", "a gift for my dad, around 80 euros", "price", 70, 90, "around 80 euros"),
        ("shop", "headphones for 20 euros or so", "price", 15, 25, "20 euros or so"),
        ("shop", "a watch, around 100", "price", 88, 112, "around 100"),
        ("shop", "25-ish", "price", 20, 30, "25-ish"),
        ("films", "something from around 1985", "year", 1982, 1988, "around 1985"),
        ("films", "a comedy from 1985 or so", "year", 1982, 1988, "1985 or so"),
        ("films", "大概1985年的电影", "year", 1982, 1988, "大概1985年"),
        ("books", "written circa 1850", "year", 1847, 1853, "circa 1850"),
    ],
)
def test_what_is_meant_roughly_reaches_up_and_down(
    lexicons: dict[str, Lexicon],
    catalogue: str,
    said: str,
    facet: str,
    least: int,
    most: int,
    quote: str,
) -> None:
    limits = change_in(lexicons, catalogue, said).limits
    assert {(x.facet, x.op, x.value) for x in limits} == {(facet, ">=", least), (facet, "<=", most)}
    assert all(quote in x.quote for x in limits)


@pytest.mark.parametrize(
    "said",
    [
        "it took about two hours",
        "i watched for about 20 minutes",
        "The Green Mile, about 3 hours, loved it",
        "The Green Mile, 3 hours, loved it",
        "a film about two hours in prison",
        "a film about 1984",
        "a film set around 1985",
        "I watched it in 1985 or so",
    ],
)
def test_what_is_only_told_is_no_limit(lexicons: dict[str, Lexicon], said: str) -> None:
    assert not change_in(lexicons, "films", said).limits


def test_a_year_that_is_ruled_out_roughly_takes_those_beside_it_along(
    lexicons: dict[str, Lexicon],
) -> None:
    limits = change_in(lexicons, "films", "not from around 1985").limits
    assert {(x.op, x.value) for x in limits} == {("!=", year) for year in range(1982, 1989)}


def test_long_and_short_books_are_so_by_their_pages(lexicons: dict[str, Lexicon]) -> None:
    for said, limit in (
        ("something long", ("pages", ">=", 400)),
        ("something short", ("pages", "<=", 200)),
        ("nothing too long", ("pages", "<=", 300)),
    ):
        (found,) = change_in(lexicons, "books", said).limits
        assert (found.facet, found.op, found.value) == limit
        assert not change_in(lexicons, "books", said).wants


def test_faster_is_the_pace_of_a_film_and_the_time_of_a_dish(parts: Parts) -> None:
    shown = last(respond(Conversation("t", "films"), "like alien", parts)).conversation
    faster = understand("something faster", shown, parts.lexicon).change
    assert {w.value for w in faster.wants} == {"fast-paced", "thrilling"}
    assert not faster.limits


def test_live_action_is_not_animated_and_not_of_action(parts: Parts) -> None:
    change = read(parts, "like Dumbo but live action").change
    assert {w.facet for w in change.wants} == {SIMILAR}
    assert "animation" in {a.value for a in change.avoids}


def test_a_thing_that_no_item_speaks_of_is_said_once(parts: Parts, ours: MiniLmReader) -> None:
    parts = replace(parts, second=ours)
    found = last(respond(Conversation("t", "films"), "something about kayaks", parts))
    assert found.cards
    assert "No item here speaks of “kayaks”" in found.reply
    again = last(respond(found.conversation, "more", parts))
    assert again.cards
    assert "No item here speaks of" not in again.reply
    spoken = last(respond(Conversation("t", "films"), "something about goldfish and robots", parts))
    assert "robots”;" not in spoken.reply


def test_what_the_catalogue_holds_is_found_by_its_stem(parts: Parts) -> None:
    holds = parts.lexicon.catalogue.holds
    assert holds("robot")
    assert holds("Robots")
    assert not holds("kayaks")
    assert not holds("")


@pytest.mark.parametrize(
    "said",
    ["is there a sequel to toy story", "does Toy Story have a sequel?", "toy story sequel?"],
)
def test_a_sequel_that_is_asked_for_is_no_wish_and_no_liking(
    parts: Parts, ours: MiniLmReader, said: str
) -> None:
    found = understand(said, Conversation("t", "films"), parts.lexicon, ours)
    assert not found.change.wants
    assert not found.change.liked
    assert [parts.lexicon.items[i].title for i in found.about] == ["Toy Story"]
    reply = last(respond(Conversation("t", "films"), said, parts)).reply
    assert "Toy Story 2 (1999)" in reply


def test_titles_that_begin_alike_are_told_and_nothing_more(parts: Parts) -> None:
    by_title = {i.title: i for i in parts.lexicon.items.values()}

    def others(title: str) -> list[str]:
        return [i.title for i in begin_alike(by_title[title], parts.lexicon)]

    assert others("Toy Story 2") == ["Toy Story", "Toy Story 3"]
    assert others("Alien") == ["Aliens"]
    assert others("Frozen") == []
    assert begin_alike(Item("x", "!!!", {}), parts.lexicon) == []
    more = [i.title for i in begin_alike(Item("x", "It", {}), parts.lexicon)]
    assert "It Happened One Night" in more, "or it would be false that no other begins like it"
    lone = answer("does it have a sequel?", by_title["Frozen"], parts.lexicon)
    assert lone.startswith("No other title here begins like Frozen (2013)")
    chinese = answer("有续集吗", by_title["Toy Story"], parts.lexicon, Voice("zh"))
    assert "Toy Story 2" in chinese


def test_the_lightest_and_what_has_fewest_calories(lexicons: dict[str, Lexicon]) -> None:
    shop, recipes = lexicons["shop"], lexicons["recipes"]
    shoes = [i for i in shop.items.values() if i.has("category", "running shoes")]
    lightest = min(shoes, key=lambda i: i.number("weight_g") or 0.0)
    assert most_of("whats the lightest one", shoes, False, shop, ENGLISH)[1] == (lightest.id,)
    soups = [i for i in recipes.items.values() if i.has("course", "soup")]
    _, (least,) = most_of("which has the fewest calories", soups, False, recipes, ENGLISH)
    known = [n for i in soups if (n := i.number("calories")) is not None]
    assert recipes.items[least].number("calories") == min(known)


def test_which_is_the_lightest_takes_nothing_back(lexicons: dict[str, Lexicon]) -> None:
    asked = understand("whats the lightest one", Conversation("t", "shop"), lexicons["shop"])
    assert "compare" in {a.act for a in asked.acts}
    assert asked.change.is_empty


def test_low_calories_said_again_are_no_words_to_look_for(lexicons: dict[str, Lexicon]) -> None:
    before = Conversation("t", "recipes")
    before = before.changed(understand("low calorie", before, lexicons["recipes"]).change)
    assert not understand("low cal and quick", before, lexicons["recipes"]).change.wants


def test_what_about_a_decade_is_a_limit_and_no_setting(parts: Parts) -> None:
    assert {x.value for x in read(parts, "what about the 90s?").change.limits} == {1990, 1999}
    assert not read(parts, "a film about the 90s").change.limits


def test_undo_takes_back_that_all_was_forgotten(parts: Parts) -> None:
    """It brought the wishes back and said that there was nothing to take back."""
    conversation = Conversation("t", "films")
    for said in ("a heist film", "start over"):
        conversation = last(respond(conversation, said, parts)).conversation
    undone = last(respond(conversation, "undo", parts))
    assert {w.value for w in undone.conversation.profile.wants} == {"heist"}
    assert undone.cards
    assert undone.reply.startswith("Then we are back where we were.")


def test_low_calories_are_a_limit(lexicons: dict[str, Lexicon]) -> None:
    (limit,) = change_in(lexicons, "recipes", "something low calorie").limits
    assert (limit.facet, limit.op) == ("calories", "<=")


@pytest.mark.parametrize(
    "said", ["Seven Samurai", "kurosawa's seven samurai", "Seven Samurai please"]
)
def test_a_title_and_nothing_else_is_something_to_go_by(
    parts: Parts, ours: MiniLmReader, said: str
) -> None:
    """It was "Good choice. Enjoy Seven Samurai!", before anything was shown."""
    found = understand(said, Conversation("t", "films"), parts.lexicon, ours)
    assert "accept" not in {a.act for a in found.acts}
    alike = [w.value for w in found.change.wants if w.facet == SIMILAR]
    assert [parts.lexicon.items[str(i)].title for i in alike] == ["Seven Samurai"]


def test_a_title_of_the_list_is_taken(parts: Parts, ours: MiniLmReader) -> None:
    shown = last(respond(Conversation("t", "films"), "like Alien", parts))
    first = shown.cards[0].item
    found = understand(f"{first.title} please", shown.conversation, parts.lexicon, ours)
    assert first.id in found.about or "accept" in {a.act for a in found.acts}


@pytest.mark.parametrize(
    ("said", "later"),
    [
        ("without clint eastwood", "sorry, eastwood is fine"),
        ("comedies, not barbie or whatever", "actually barbie is ok"),
        ("no horror", "ok horror is fine"),
    ],
)
def test_what_was_ruled_out_is_taken_back_by_part_of_its_name(
    parts: Parts, said: str, later: str
) -> None:
    before = last(respond(Conversation("t", "films"), said, parts)).conversation
    assert before.profile.avoids
    after = last(respond(before, later, parts)).conversation
    assert not after.profile.avoids


def test_no_oven_is_what_a_dish_is(lexicons: dict[str, Lexicon], ours: MiniLmReader) -> None:
    found = understand("no oven", Conversation("t", "recipes"), lexicons["recipes"], ours)
    assert {w.value for w in found.change.wants} == {"no-oven"}


def test_a_dish_to_be_cooked_is_found_with_its_occasion(lexicons: dict[str, Lexicon]) -> None:
    said = "I want to cook beef wellington for our anniversary"
    change = change_in(lexicons, "recipes", said)
    alike = [str(w.value) for w in change.wants if w.facet == SIMILAR]
    assert [lexicons["recipes"].items[i].title for i in alike] == ["Beef Wellington"]


def test_what_about_a_title_of_one_everyday_word(parts: Parts) -> None:
    assert titles(parts, "what about frozen then") == {"Frozen"}
    assert titles(parts, "what about comedy") == set()


def test_another_of_a_kind_is_wished_for_beside_what_was_seen(
    parts: Parts, ours: MiniLmReader
) -> None:
    said = "we watched Elf and Klaus already, another xmas one plz"
    found = understand(said, Conversation("t", "films"), parts.lexicon, ours)
    assert {w.value for w in found.change.wants} == {"Christmas"}


def test_whose_a_title_is_leaves_him_to_be_meant(parts: Parts, ours: MiniLmReader) -> None:
    said = "Hitchcock's Psycho scared me to death, something gentler by him"
    found = understand(said, Conversation("t", "films"), parts.lexicon, ours)
    assert "Alfred Hitchcock" in {w.value for w in found.change.wants}


def test_somebodys_work_that_is_missing_is_said_to_be(parts: Parts) -> None:
    assert read(parts, "Kubrick's Barry Lyndon Returns?").unknown == ("Barry Lyndon Returns",)
    assert read(parts, "Today's Best Films").unknown == ()
    assert read(parts, "Valentine's Day Movies").unknown == ()
