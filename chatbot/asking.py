"""Whether items are asked about, or something of the world, or whether items are asked for."""

import re
from collections.abc import Collection, Sequence

from chatbot.acts import CHATTER, Act, ActName
from chatbot.ask import limits_of
from chatbot.contents import content_question
from chatbot.opinions import TASTE, remark
from chatbot.profile import Limit
from chatbot.reading import Reading, is_question
from chatbot.remarks import ASKING, Named
from chatbot.voice import Voice
from chatbot.words import pattern
from retrieval.text import fold

_MORE = re.compile(r"\s*[.,;!，。；]\s*\w")


def is_asking(reading: Reading, named: Sequence[Named], denied: Collection[ActName]) -> bool:
    """Whether items are asked about. "Have you got anything by ..." asks for items instead."""
    if _asks_of_content(reading, named):
        reading.acts = [a for a in reading.acts if a.act not in denied]
        return bool({act.act for act in reading.acts} & ASKING)
    names = {act.act for act in reading.acts}
    asks = is_question(reading.text, reading.language) or _is_asked_of(reading, named)
    asks = asks and not (reading.found("critique.too") and reading.found("critique.more"))
    if named and asks and not names & {"compare", "request-explanation", "inquire-item"}:
        reading.acts.append(Act("inquire-item", reading.text[:80]))
    if not named and not reading.conversation.focus:
        reading.acts = [a for a in reading.acts if a.act != "inquire-item"]
    if not named and "compare" in names:
        reading.about += reading.conversation.last_shown
    if not named and "inquire-item" in names and asks:
        reading.about += reading.conversation.focus[:1]
    reading.acts = [a for a in reading.acts if a.act not in denied]
    return bool({act.act for act in reading.acts} & ASKING)


def _asks_of_content(reading: Reading, named: Sequence[Named]) -> bool:
    """Whether it is asked what there is in an item; where none is named, in that which was talked of
    last, or the first of the list. Adds that it is."""
    conversation = reading.conversation
    about = conversation.focus[:1] or conversation.last_shown[:1]
    asks = content_question(reading.text, reading.language)
    if not (about or named) or not asks:
        return False
    reading.acts = [
        a for a in reading.acts if a.act not in ("request-recommendation", "compare", "accept")
    ]
    if not any(a.act == "inquire-item" for a in reading.acts):
        reading.acts.append(Act("inquire-item", asks))
    at = reading.text.find(asks)
    words = reading.words
    if not any(at <= words[n.first].start < at + len(asks) for n in named):
        reading.about += [i for n in named[-1:] for i in n.items] or about
    return True


def read_answer(reading: Reading) -> None:
    """A range that was offered, with more said behind it: "over 40 minutes, and with butter". It is of
    the field that was asked about, and exactly what was offered; the rest is read by itself."""
    turns = reading.conversation.turns
    asked = turns[-1].question if turns else None
    if asked is None or asked.facet not in reading.lexicon.schema.numbers:
        return
    for option in asked.options:
        end = len(option.value)
        quote = reading.text[:end]
        if fold(quote) == fold(option.value) and _MORE.match(reading.text[end:]):
            bounds = limits_of(option.value, Voice(reading.conversation.language))
            reading.limits += [Limit(asked.facet, op, n, quote, reading.turn) for op, n in bounds]
            reading.text = " " * end + reading.text[end:]
            reading.spent.append((0, end))
            return


def is_elsewhere(reading: Reading, named: Sequence[Named]) -> bool:
    """Whether a question is about the world and not about what can be recommended here."""
    chatter = all(a.act in CHATTER or a.act == "inquire-item" for a in reading.acts)
    return chatter and not named and reading.found("question.elsewhere")


def _is_asked_of(reading: Reading, named: Sequence[Named]) -> bool:
    """Whether a sentence with a name in it ends in a question mark and asks for no items."""
    text, words = reading.text, reading.words
    for name in named:
        if reading.found("question.inside", end=words[name.first].start):
            return True
        rest = text[words[name.last].end :]
        stop = pattern("talk", "question.stop", reading.language).search(rest)
        if stop and _is_topic(reading, name, stop):
            continue
        if stop and stop[0].startswith(("?", "？")) and name.items:
            key = "asks_for_others" if name.pointed else "asks_for_items"
            return not pattern("talk", f"question.{key}", reading.language).search(text)
    return False


def _is_topic(reading: Reading, name: Named, stop: re.Match[str]) -> bool:
    """Whether a name with a question mark only says what the next words are about: "Tenet? Boring."."""
    end = reading.words[name.last].end
    if stop.start() or not stop[0].startswith(("?", "？")):
        return False
    clauses = re.split(r"[.!?;\n。！？；]+", reading.text[end + stop.end() :])
    said = {o for clause in clauses for o in remark(fold(clause), reading.language)}
    return bool(said & set(TASTE))
