"""What an utterance says of taste, by example; each line is a rule that once was missing."""

from typing import Any

import pytest

from chatbot.conversation import Conversation, Turn
from chatbot.parts import Parts
from chatbot.profile import Profile
from chatbot.understand import Understanding, understand

SHOWN = ("alien-1979", "heat-1995", "up-2009", "amelie-2001", "jaws-1975")


def read(parts: Parts, text: str, listed: bool = False) -> Understanding:
    turn = Turn("x", "y", "recommend", shown=SHOWN)
    conversation = Conversation("t", "films", turns=(turn,) if listed else ())
    return understand(text, conversation, parts.lexicon)


def wants(said: Understanding) -> set[str]:
    return {w.value for w in said.change.wants}


def avoids(said: Understanding) -> set[str]:
    return {a.value for a in said.change.avoids}


TASTE: list[tuple[str, set[str], set[str]]] = [
    ("no horror, war or musicals but thrillers are fine", {"thriller"}, {"horror", "war", "musical"}),
    ("something like Blade Runner but less bleak, no horror", {"blade-runner-1982"}, {"bleak", "horror"}),
    ("nothing with Steve McQueen", set(), {"Steve McQueen"}),
    ("anything by Tarantino except Pulp Fiction", {"Quentin Tarantino"}, {"Pulp Fiction"}),
    ("Please avoid anything with suicide or self-harm", set(), {"suicide", "self-harm"}),
    ("a Korean thriller, not too violent", {"South Korea", "thriller"}, {"violence", "gore"}),
    ("no gore, set in Japan", {"Japan"}, {"gore"}),
    ("no horror, something funny", {"comedy", "funny"}, {"horror"}),
    ("horror is out. A western would be nice", {"western"}, {"horror"}),
    ("no French films", set(), {"France"}),
    ("no Bond please", set(), {"James Bond"}),
    ("not De Niro", set(), {"Robert De Niro"}),
    ("no Coens", set(), {"Joel Coen", "Ethan Coen"}),
    ("not Agatha Christie", set(), {"agatha christie"}),
    ("Something with Denzel", {"Denzel Washington"}, set()),
    ("directed by Greta Gerwig", {"Greta Gerwig"}, set()),
    ("film with dogs where the dog does not die", {"dogs"}, {"animal death"}),
    ("horor movie, no gor pls", {"horror"}, {"gore"}),
    ("too scary", set(), {"horror", "scary", "creepy", "jump scares"}),
    ("korea or japan, not china", {"South Korea", "Japan"}, {"China"}),
    ("something like alien", {"alien-1979"}, set()),
    ("a film set in Chicago", {"Chicago"}, set()),
    ("movies like Chicago", {"chicago-2002"}, set()),
    ("I'd fancy a musical, but Baz Luhrmann gives me a headache so nothing by him", {"musical"}, {"Baz Luhrmann"}),
    ("mother-daughter story w/o domestic abuse plz", set(), {"domestic abuse"}),
    ("a love story would be nice", {"romance", "romantic"}, set()),
    ("I never want to see another superhero film", set(), {"superhero"}),
    ("I don't mind horror, but my girlfriend does, so let's skip it", set(), {"horror"}),
    ("actually no, not a western, a horror", {"horror"}, {"western"}),
    ("something romantic that doesn't end in divorce", {"romance"}, {"divorce"}),
    ("the dog has to survive", set(), {"animal death"}),
    ("he doesn't get on with black and white", set(), {"black and white"}),
    ("anywhere but France", set(), {"France"}),
    ("anyone but Tom Hanks", set(), {"Tom Hanks"}),
    ("I'm not in the mood for family", set(), {"family"}),
    ("nothing with gore, a western would be nice", {"western"}, {"gore"}),
    ("不要恐怖、战争和歌舞片，不过惊悚可以", {"thriller"}, {"horror", "war", "musical"}),
    ("想看轻松一点的喜剧，别给我恐怖片", {"comedy"}, {"horror"}),
    ("不要好莱坞的，法国意大利的优先", {"France", "Italy"}, {"United States"}),
    ("诺兰导演的，不要汤姆·克鲁斯", {"Christopher Nolan"}, {"Tom Cruise"}),
    ("恐怖片、战争片统统不要", set(), {"horror", "war"}),
    ("anywhere in asia except japan", {"South Korea"}, {"Japan"}),
    ("a thriller where nobody harms a child", {"thriller"}, {"child death"}),
    ("show me the bleakest thing you have", {"bleak"}, set()),
    ("没有恐怖元素的悬疑片", {"mystery"}, {"horror"}),
    ("恐怖片让我睡不着，科幻吧", {"science fiction"}, {"horror"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted", "avoided"), TASTE, ids=[t for t, _, _ in TASTE])
def test_taste_is_read_with_its_polarity(
    parts: Parts, text: str, wanted: set[str], avoided: set[str]
) -> None:
    said = read(parts, text)
    assert wanted <= wants(said)
    assert avoided <= avoids(said)
    assert not wants(said) & avoids(said)


ITEMS: list[tuple[str, dict[str, tuple[str, ...]]]] = [
    ("I loved Heat and The Godfather, hated Titanic", {"liked": ("heat-1995", "the-godfather-1972"), "disliked": ("titanic-1997",)}),
    ("I've already seen Alien", {"seen": ("alien-1979",)}),
    ("i already saw the matrix. and interstellar. and arrival.", {"seen": ("the-matrix-1999", "interstellar-2014", "arrival-2016")}),
    ("we watched Up last night and loved it", {"seen": ("up-2009",), "liked": ("up-2009",)}),
    ("I've seen Totoro", {"seen": ("my-neighbor-totoro-1988",)}),
    ("I've never seen Alien", {"seen": ()}),
    ("I've seen the first two", {"seen": SHOWN[:2]}),
    ("seen 1, 3 and 5", {"seen": (SHOWN[0], SHOWN[2], SHOWN[4])}),
    ("loved the first, hated the second", {"liked": SHOWN[:1], "disliked": SHOWN[1:2]}),
    ("the third was boring", {"disliked": SHOWN[2:3]}),
    ("I'll watch the third", {"seen": ()}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ITEMS, ids=[t for t, _ in ITEMS])
def test_what_is_said_of_items_is_kept(
    parts: Parts, text: str, expected: dict[str, tuple[str, ...]]
) -> None:
    change = read(parts, text, listed=True).change
    for section, ids in expected.items():
        assert getattr(change, section) == ids, section


ACTS: list[tuple[str, str]] = [
    ("hi", "greet"), ("thanks!", "thank"), ("bye", "bye"), ("start over", "restart"), ("undo", "undo"),
    ("more", "request-more"), ("something else", "request-alternative"), ("why the first one?", "request-explanation"),
    ("compare the first and the third", "compare"), ("who directed the second?", "inquire-item"),
    ("is Jaws scary for a 12 year old?", "inquire-item"), ("whats the second one about?", "inquire-item"),
    ("surprise me", "no-preference"), ("I'll watch the third", "accept"), ("what do you know about me?", "inquire-profile"),
    ("what can you do", "inquire-system"), ("asdf qwer zxcv", "off-topic"), ("no, something lighter", "inform"),
    ("like the second but shorter", "critique"), ("any year is fine", "revoke"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "act"), ACTS, ids=[t for t, _ in ACTS])
def test_dialogue_acts_are_recognised(parts: Parts, text: str, act: str) -> None:
    assert act in [a.act for a in read(parts, text, listed=True).acts]


@pytest.mark.parametrize(
    "text",
    [
        "is the first one scary?",
        "who directed Heat?",
        "is there any swearing in number two?",
        "whats Jaws about",
    ],
)
def test_asking_of_an_item_changes_nothing(parts: Parts, text: str) -> None:
    assert read(parts, text, listed=True).change.is_empty


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        ("under two hours", "more than 2 hours is fine", "limits"),
        ("from the 30s", "forget the 30s", "limits"),
        ("from the 30s", "any year is fine", "limits"),
        ("no horror", "actually horror is fine", "avoids"),
    ],
)
def test_a_limit_can_be_taken_back_in_words(parts: Parts, first: str, then: str, left: str) -> None:
    conversation = Conversation("t", "films").changed(read(parts, first).change)
    assert getattr(conversation.profile, left)
    after = conversation.changed(understand(then, conversation, parts.lexicon).change)
    assert not getattr(after.profile, left)


@pytest.mark.parametrize(
    "text",
    [
        "wir suchen einen lustigen Film, bitte kein Horror",
        "un film drôle, sans violence s'il vous plaît",
        "軽い映画が見たいです、ホラーはなしで",
    ],
)
def test_what_cannot_be_read_is_not_guessed_at(parts: Parts, text: str) -> None:
    said = read(parts, text)
    assert said.foreign
    assert said.change.is_empty


@pytest.mark.parametrize(
    "text",
    [
        "de niro",
        "la la land",
        "seen 1, 3 and 5",
        "Amélie",
        "no",
        "el mariachi please",
        "40 year old virgin",
    ],
)
def test_english_with_foreign_names_is_english(parts: Parts, text: str) -> None:
    assert not read(parts, text).foreign


def test_a_title_that_is_not_there_is_named(parts: Parts) -> None:
    said = read(parts, "I've seen Serpico and Heat")
    assert said.unknown == ("Serpico",)
    assert said.change.seen == ("heat-1995",)


def test_every_quote_stands_in_the_utterance(parts: Parts) -> None:
    for text, _, _ in TASTE:
        change = read(parts, text).change
        entries: list[Any] = [*change.wants, *change.avoids, *change.limits]
        assert all(entry.quote in text for entry in entries), text


def test_the_same_utterance_is_read_the_same_way(parts: Parts) -> None:
    assert read(parts, TASTE[0][0]) == read(parts, TASTE[0][0])


def test_nothing_said_changes_nothing(parts: Parts) -> None:
    assert Conversation("t", "films").changed(read(parts, "").change).profile == Profile()


LIMITS: list[tuple[str, set[tuple[str, str, float]]]] = [
    ("nothing from 1990 or earlier", {("year", ">", 1990)}),
    ("no films from 2010 onwards", {("year", "<", 2010)}),
    ("nothing longer than an hour and three quarters", {("runtime", "<=", 105)}),
    ("this century only", {("year", ">=", 2001)}),
    ("before '39", {("year", "<", 1939)}),
    ("I went there in 1994", set()),
    ("不超过一百分钟，2000年以后的", {("runtime", "<=", 100), ("year", ">=", 2000)}),
    ("两个半小时以内", {("runtime", "<=", 150)}),
    ("不看2000年以前的", {("year", ">=", 2000)}),
    ("不是2010年以后的", {("year", "<", 2010)}),
    ("九十年代的", {("year", ">=", 1990), ("year", "<=", 1999)}),
    ("六十年代的，不，五十年代的", {("year", ">=", 1950), ("year", "<=", 1959)}),
]


@pytest.mark.parametrize(("text", "meant"), LIMITS, ids=[t for t, _ in LIMITS])
def test_limits_are_read_in_two_languages(
    parts: Parts, text: str, meant: set[tuple[str, str, float]]
) -> None:
    assert {(x.facet, x.op, x.value) for x in read(parts, text).change.limits} == meant


def test_a_denied_decade_is_ruled_out_and_not_asked_for(parts: Parts) -> None:
    for text in ("不要八十年代的", "nothing from the 80s"):
        limits = read(parts, text).change.limits
        assert {x.op for x in limits} == {"!="}
        assert {x.value for x in limits} == set(range(1980, 1990))


def test_must_be_met_by_any_word_for_it_and_except_lets_through(parts: Parts) -> None:
    must = read(parts, "it must be funny").change.limits
    assert [(x.op, {x.value, *(v for _, v in x.unless)}) for x in must] == [
        ("=", {"comedy", "funny"})
    ]
    but = read(parts, "no science fiction except Alien").change.avoids
    assert all(("id", "alien-1979") in a.unless for a in but)


def test_taking_the_first_one_is_no_exclusion_of_it(parts: Parts) -> None:
    """ "We'll take the first one" once ruled it out."""
    said = read(parts, "we'll take the first one", listed=True)
    assert said.did("accept")
    assert not said.change.avoids


def test_what_depends_on_the_visitor_is_asked_back(parts: Parts) -> None:
    said = read(parts, "not older than me", listed=True)
    assert said.unclear == "not older than me"
    assert said.change.is_empty


def test_an_exception_does_not_let_through_what_it_is_an_exception_from(parts: Parts) -> None:
    said = read(parts, "no horror except Korean horror").change.avoids
    assert ("countries", "South Korea") in said[0].unless
    assert not {v for _, v in said[0].unless} & {"horror"}


def test_a_longer_title_is_not_cut_to_a_known_one(parts: Parts) -> None:
    """ "The Hunt for Red October", which the catalogue does not have, was once taken for The Hunt."""
    assert not read(parts, "he's watched The Hunt for Red October to death").change.seen
