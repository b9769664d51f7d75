"""What sixty everyday visitors were misunderstood in: opposites, lost exclusions, corrections."""

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.profile import ProfileChange
from chatbot.respond import respond
from chatbot.second_reader import ScriptedSecondReader
from chatbot.understand import understand
from tests.chatbot.test_labelled import lexicons
from tests.chatbot.test_other_titles import read
from tests.conftest import last

__all__ = ["lexicons"]


def change_in(lexicons: dict[str, Lexicon], catalogue: str, said: str) -> ProfileChange:
    return understand(said, Conversation("t", catalogue), lexicons[catalogue]).change


@pytest.mark.parametrize(
    ("catalogue", "said", "wanted", "ruled_out"),
    [
        ("recipes", "gluten free and dairy free dessert", {"gluten free", "dessert"}, {"dairy"}),
        ("recipes", "kindly suggest veg recipe without onion", {"veg recipe"}, {"onion"}),
        ("recipes", "I'm lactose intollerant", set(), {"lactose intollerant"}),
        ("shop", "no leather or wool jacket", {"jacket"}, {"leather", "wool"}),
        ("shop", "so no leather, wool or down jacket", {"jacket"}, {"leather", "wool", "down"}),
        ("shop", "please skip anything that comes only in red or green", set(), {"red", "green"}),
        ("films", "no love, death or war films", set(), {"death", "war"}),
        ("films", "nothing about war or love", set(), {"war"}),
        ("films", "I don't hate musicals", {"musicals"}, set()),
        ("films", "I'm not a horror fan but my dad is", {"horror"}, set()),
        ("films", "no horror but my wife loves comedies", {"comedies"}, {"horror"}),
        ("films", "I don't like horror but my dad does", set(), {"horror"}),
        ("films", "I hate horror and love comedies", {"comedies"}, {"horror"}),
        ("films", "I'm not a horror movie person", set(), {"horror"}),
        ("films", "not horror or anything so scary", set(), {"horror", "scary"}),
        ("films", "whatever, don't make me cry", set(), {"make me cry"}),
        ("films", "no stallone, no arnie", set(), {"stallone", "arnie"}),
    ],
)
def test_what_was_taken_for_its_opposite(
    lexicons: dict[str, Lexicon], catalogue: str, said: str, wanted: set[str], ruled_out: set[str]
) -> None:
    change = change_in(lexicons, catalogue, said)
    assert {w.phrase for w in change.wants} == wanted
    assert {a.phrase for a in change.avoids} == ruled_out


@pytest.mark.parametrize(
    ("catalogue", "said", "limit"),
    [
        ("recipes", "somthing under 400 calories, no wait under 500", ("calories", "<", 500)),
        ("shop", "kettle under 60, actually 80", ("price", "<", 80)),
        ("books", "under 200 pages, no 250", ("pages", "<", 250)),
        ("films", "under 100 mins, no wait 2 hours is fine", ("runtime", "<", 120)),
        ("films", "nothing longer then 2h", ("runtime", "<=", 120)),
        ("films", "no longer then 100 minutes", ("runtime", "<=", 100)),
    ],
)
def test_limits_that_are_corrected_in_the_same_breath(
    lexicons: dict[str, Lexicon], catalogue: str, said: str, limit: tuple[str, str, int]
) -> None:
    limits = change_in(lexicons, catalogue, said).limits
    assert [(x.facet, x.op, x.value) for x in limits] == [limit]


def test_what_only_one_of_two_may_be_is_one_limit(lexicons: dict[str, Lexicon]) -> None:
    """ "Only blue or grey" had to be both."""
    (limit,) = change_in(lexicons, "shop", "backpack, only blue or grey").limits
    assert {limit.value, *(v for _, v in limit.unless)} == {"blue", "grey"}
    assert limit.quote == "blue or grey"


def test_names_by_their_first_words_rule_out_all_that_begin_so(parts: Parts) -> None:
    titles = {a.value for a in read(parts, "british comedy, no monty python").change.avoids}
    assert titles == {"Monty Python and the Holy Grail", "Monty Python's Life of Brian"}
    assert {a.value for a in read(parts, "not the godfather").change.avoids} == {"The Godfather"}


def test_cheese_and_singing_mean_what_has_them(parts: Parts, lexicons: dict[str, Lexicon]) -> None:
    cheese = change_in(lexicons, "recipes", "no cheese please").avoids
    assert {"parmesan", "mozzarella", "cheddar"} <= {a.value for a in cheese}
    assert "musical" in {a.value for a in read(parts, "nothing with singing").change.avoids}


def test_it_is_what_was_just_ruled_out(parts: Parts) -> None:
    """ "No blood, I hate it" noted a dislike for the first film of the list."""
    shown = last(respond(Conversation("t", "films"), "like alien", parts)).conversation
    answer = last(respond(shown, "no blood i hate it", parts))
    assert not answer.conversation.profile.disliked
    disliked = last(respond(shown, "i hate the first one", parts)).conversation.profile.disliked
    assert disliked


def test_somebody_whose_work_is_meant(parts: Parts) -> None:
    said = "Oppenheimer was too long for me, something of his under 2.5 hours"
    assert "Christopher Nolan" in {w.value for w in read(parts, said).change.wants}


def test_a_longer_title_is_not_the_one_at_its_end(parts: Parts) -> None:
    said, second = "lord of the ring", ScriptedSecondReader(titles=0.99)
    found = understand(said, Conversation("t", "films"), parts.lexicon, second)
    ids = {*found.about, *found.change.liked, *(str(w.value) for w in found.change.wants)}
    names = {parts.lexicon.items[i].title for i in ids if i in parts.lexicon.items}
    assert names == {"The Lord of the Rings: The Fellowship of the Ring"}
