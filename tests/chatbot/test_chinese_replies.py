"""A conversation in Chinese is answered in Chinese, and what is claimed is in the catalogue."""

import re
from collections.abc import Callable

import pytest

from chatbot.answer import answer, superlative
from chatbot.conversation import Conversation, Turn
from chatbot.events import Finished, Understood
from chatbot.explain import supported
from chatbot.parts import Parts
from chatbot.profile import ProfileChange, Removal
from chatbot.respond import respond
from chatbot.voice import Voice
from retrieval.constraints import permitted
from retrieval.text import HAN, fold
from tests.conftest import item, last

Say = Callable[..., list[Finished]]
CHINESE = Voice("zh")
SIX = (
    "推荐几部悬疑片",
    "不要超过两小时",
    "为什么推荐第一部",
    "第一部是谁导演的",
    "只要2030年以后的",
    "你知道我喜欢什么",
)
ENGLISH_WORDS = re.compile(r"\b(?:the|that|which|you|your|fits?|with|and|would|is|of|in)\b", re.I)


def ours(text: str, parts: Parts) -> str:
    """What is left of a reply without titles, facet values and the visitor's words."""
    rest = re.sub(r"“[^”]*”", " ", text)
    values = {v for i in parts.lexicon.items.values() for f in parts.lexicon.schema.facets for v in i.values(f)}  # fmt: skip
    known = {i.label() for i in parts.lexicon.items.values()}
    known |= {i.title for i in parts.lexicon.items.values()}
    for name in sorted(known | values, key=len, reverse=True):
        if name in rest:
            rest = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", " ", rest)
    return rest


def is_chinese(text: str, parts: Parts) -> bool:
    rest = ours(text, parts)
    return bool(HAN.search(rest)) and not ENGLISH_WORDS.search(rest)


def test_six_turns_in_chinese_are_answered_in_chinese(say: Say, parts: Parts) -> None:
    turns = say(*SIX)
    assert [t.action for t in turns] == ["recommend", "recommend", "explain", "answer", "recommend", "talk"]  # fmt: skip
    for turn in turns:
        assert is_chinese(turn.reply, parts), turn.reply
        assert turn.conversation.language == "zh"
        for card in turn.cards:
            assert is_chinese(card.reason, parts), card.reason
        if turn.question:
            assert is_chinese(turn.question.text, parts)
    listed, within, why, who, none, known = turns
    assert listed.reply.startswith("这五个都符合“悬疑片”。我会先推荐")
    assert "不要超过两小时" in within.reply
    first = within.cards[0].item
    assert why.reply.startswith(f"{first.label()}：符合“悬疑片”")
    assert who.reply == f"{first.label()}的导演是{CHINESE.listed(first.values('directors'))}。"
    assert not none.cards
    assert none.question is not None
    assert all(HAN.search(o.value) for o in none.question.options)
    assert known.reply.startswith("你想要“悬疑片”。限制：“不要超过两小时”")


def test_reasons_in_chinese_are_true(say: Say, parts: Parts) -> None:
    shown = 0
    talk = (
        "推荐几部悬疑片",
        "不要超过两小时",
        "类似 Alien 的",
        "我喜欢 Heat 和 Seven",
        "还有吗",
        "不要恐怖片",
    )
    for turn in say(*talk):
        said = [t.utterance for t in turn.conversation.turns]
        for card in turn.cards:
            shown += 1
            assert card.reason
            assert supported(card.reason, card.item, turn.conversation, parts.lexicon, CHINESE)
            assert permitted(card.item, turn.conversation.profile.constraints)
            for e in card.evidence:
                if isinstance(e.value, str) and e.kind not in ("unknown", "text"):
                    assert card.item.has(e.field, e.value)
                if e.quote:
                    assert fold(e.quote) in fold(said[e.turn - 1])
    assert shown > 20


@pytest.mark.parametrize(
    ("sentence", "true"),
    [
        ("这是一部恐怖片。", True),
        ("这是一部喜剧片。", False),
        ("类型：horror。", True),
        ("类型：comedy。", False),
        ("它是1979年的。", True),
        ("它是1986年的。", False),
        ("导演是Ridley Scott。", True),
        ("导演是James Cameron。", False),
        ("符合“吓人”。", True),
        ("符合“好笑”。", False),
    ],
)
def test_a_chinese_sentence_is_let_through_only_if_its_claims_are_in_the_item(
    parts: Parts, sentence: str, true: bool
) -> None:
    alien = parts.lexicon.items["alien-1979"]
    conversation = Conversation("t", "films", turns=(Turn("想看吓人的", "", "talk"),))
    assert supported(sentence, alien, conversation, parts.lexicon, CHINESE) is true


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Alien 是谁导演的？", "Alien (1979)的导演是Ridley Scott。"),
        ("誰導演的", "Alien (1979)的导演是Ridley Scott。"),
        ("Alien 多长", "Alien (1979)片长117分钟。"),
        ("是哪年的", "Alien (1979)的年份是1979。"),
        ("什么类型的", "Alien (1979)的类型：horror、science fiction和thriller。"),
        ("恐怖吗", "是的：目录在Alien (1979)下列有horror。"),
    ],
)
def test_questions_of_an_item_are_answered_from_its_fields(
    parts: Parts, question: str, said: str
) -> None:
    assert answer(question, parts.lexicon.items["alien-1979"], parts.lexicon, CHINESE) == said


def test_what_it_is_about_is_told_with_fields_in_chinese(parts: Parts) -> None:
    told = answer("讲什么的", parts.lexicon.items["alien-1979"], parts.lexicon, CHINESE)
    assert "导演：Ridley Scott；主演：" in told
    assert "片长：117" in told


def test_the_most_of_a_list_in_chinese(parts: Parts) -> None:
    items, schema = [parts.lexicon.items[i] for i in ("alien-1979", "heat-1995")], parts.lexicon.schema  # fmt: skip
    assert superlative("最短的是哪个", items, schema, CHINESE) == (
        "是Alien (1979)：片长117。",
        ("alien-1979",),
    )
    assert superlative("最新的是哪部", items, schema, CHINESE)[1] == ("heat-1995",)
    assert superlative("最便宜的是哪个", [item(price=1)], schema, CHINESE) == ("", ())


def test_the_reply_follows_each_utterance(say: Say, parts: Parts) -> None:
    turns = say("推荐几部悬疑片", "under two hours please", "还有吗")
    assert [t.conversation.language for t in turns] == ["zh", "en", "zh"]
    assert "I would start with" in turns[1].reply
    assert "我会先推荐" in turns[2].reply


def test_a_change_by_hand_is_answered_in_the_language_last_spoken(say: Say, parts: Parts) -> None:
    spoken = say("推荐几部悬疑片，不要超过两小时")[-1].conversation
    limit = spoken.profile.limits[0]
    change = ProfileChange(removals=(Removal("limits", limit.facet, limit.value, limit.op),))
    turn = last(respond(spoken, "…", parts, change))
    assert "我会先推荐" in turn.reply
    assert turn.conversation.language == "zh"


def test_what_was_offered_in_chinese_is_taken_word_for_word(say: Say, parts: Parts) -> None:
    none = say("推荐几部悬疑片", "只要2030年以后的")[-1]
    assert none.question is not None
    for option in none.question.options:
        taken = last(respond(none.conversation, option.value, parts))
        assert taken.cards
        assert f"{option.remaining}个" in none.reply
        assert "我会先推荐" in taken.reply
        assert taken.conversation.profile.wants == none.conversation.profile.wants


def test_a_range_offered_in_chinese_is_the_limit_that_it_says(say: Say, parts: Parts) -> None:
    asked = next(t for t in say("推荐几部悬疑片", "不要超过两小时") if t.question and t.question.facet == "year")  # fmt: skip
    assert asked.question is not None
    for option in asked.question.options:
        free = None
        for event in respond(asked.conversation, option.value, parts):
            if isinstance(event, Understood):
                free = event.profile
        assert free is not None
        assert any(x.facet == "year" and x.quote == option.value for x in free.limits)


def test_another_language_is_told_which_two_are_read(say: Say) -> None:
    assert "English and Chinese" in say("ich will einen guten Film und keine Komödie")[-1].reply
    chinese = say("推荐几部悬疑片", "ich will einen guten Film und keine Komödie")[-1]
    assert chinese.reply.startswith("我能读中文和英语")
