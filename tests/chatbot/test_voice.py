"""The tables of replies: every language says all that English says, with the same parts."""

import re

import pytest

from chatbot.ask import limits_of, ranges
from chatbot.conversation import Turn
from chatbot.relax import said
from chatbot.voice import ENGLISH, Voice, placeholders, table
from chatbot.words import languages, pattern
from retrieval.text import HAN

OTHERS = [name for name in languages() if name != "en"]
CHINESE = Voice("zh")


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_keys_of_english_and_no_others(language: str) -> None:
    english, other = table("en"), table(language)
    assert english.keys() == other.keys()
    assert all(isinstance(other[key], type(english[key])) for key in english)


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_asks_for_the_parts_that_the_english_one_asks_for(language: str) -> None:
    other = table(language)
    for key, text in table("en").items():
        if isinstance(text, str):
            assert placeholders(text) == placeholders(str(other[key])), key


def test_chinese_texts_are_chinese() -> None:
    english = table("en")
    for key, text in table("zh").items():
        bare = re.sub(r"{\w+}|\W", "", text) if isinstance(text, str) else ""
        if re.search(r"\w", bare) and english[key] != "":
            assert HAN.search(str(text)), key


@pytest.mark.parametrize("language", languages())
def test_no_text_of_ours_reads_as_asking_whether_something_was_seen(language: str) -> None:
    for key, text in table(language).items():
        if isinstance(text, str):
            assert not Turn("", text.format_map(dict.fromkeys(placeholders(text), "x")), "talk").asks_if_seen, key  # fmt: skip


@pytest.mark.parametrize("language", languages())
def test_every_expression_of_the_tables_compiles(language: str) -> None:
    for key, entry in table(language).items():
        if isinstance(entry, tuple) and key.startswith(("asked.", "most.")):
            assert entry
            assert pattern("replies", key, language).search("") is None, key


def test_an_unknown_key_and_a_missing_part_name_the_file() -> None:
    with pytest.raises(KeyError, match=r"'list\.nothing'.*words/zh/replies\.toml"):
        CHINESE.phrase("list.nothing")
    with pytest.raises(KeyError, match=r"'list\.start'.*words/en/replies\.toml.*title"):
        ENGLISH.phrase("list.start", name="Heat")


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a和b"),
        (["a", "b", "c", "a"], "a, b and c", "a、b和c"),
    ],
)
def test_words_in_a_row(words: list[str], english: str, chinese: str) -> None:
    assert ENGLISH.listed(words) == english
    assert CHINESE.listed(words) == chinese


def test_one_and_more_are_told_apart() -> None:
    assert ENGLISH.plural("none_left.without", 1, quotes="x").endswith("there is 1.")
    assert ENGLISH.plural("none_left.without", 2, quotes="x").endswith("there are 2.")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("name", "cuts"), [("year", [1980, 2000]), ("runtime", [90, 120]), ("pages", [300]), ("price", [20])]
)  # fmt: skip
def test_a_range_is_read_back_as_in_english(language: str, name: str, cuts: list[int]) -> None:
    voice = Voice(language)
    told = [limits_of(text, voice) for text in ranges(name, cuts, voice)]
    assert told == [limits_of(text) for text in ranges(name, cuts)]
    assert all(told)


def test_limits_are_said_in_chinese() -> None:
    assert said("runtime", "<=", 100, CHINESE) == "不超过100分钟"
    assert said("year", ">=", 1975, CHINESE) == "1975年或更晚"
    assert said("price", "<=", 20, CHINESE) == "价格不超过20"


def test_a_field_is_called_by_its_own_name_in_english() -> None:
    for key, text in table("en").items():
        if key.startswith("fields."):
            assert text == key.removeprefix("fields.").replace("_", " ")
    assert CHINESE.field("content_notes") == "内容提示"
    assert CHINESE.field("shoe_size") == "shoe size"
