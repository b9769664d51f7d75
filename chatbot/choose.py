"""An answer that was offered, taken word for word: the change to the profile it stands for.

A chip says exactly what it does and counts what it leaves, so what is done must be that and no more;
only answers in the visitor's own words are read by `understand`.
"""

from dataclasses import replace

from chatbot.acts import Act
from chatbot.ask import RELAX, limits_of
from chatbot.conversation import Conversation, Question
from chatbot.polarity import WANTED
from chatbot.profile import FEWER, Limit, Preference, ProfileChange
from chatbot.recommend import offers
from chatbot.understand import Understanding
from chatbot.voice import Voice
from chatbot.words import pattern
from retrieval.find import Retriever
from retrieval.text import fold


def chosen(
    text: str,
    conversation: Conversation,
    retriever: Retriever,
    withheld: frozenset[str] = frozenset(),
) -> Understanding | None:
    """What it means if `text` is one of the answers offered last, or a plain yes to the only one.
    `withheld` are the ids that the owner does not show."""
    question = conversation.turns[-1].question if conversation.turns else None
    if question is None:
        return None
    said = fold(text)
    answer = next((o.value for o in question.options if fold(o.value) == said), "")
    if question.facet == RELAX:
        single = len(question.options) == 1 and said in _voice(conversation).folded("yes")
        return _given_way(text, answer, single, question, conversation, retriever, withheld)
    if answer:
        return _answered(text, answer, question, conversation, retriever)
    if pattern("talk", "question.none_of_them", conversation.language).search(text):
        return _none_of_them(text, question, conversation, retriever)
    return None


def _none_of_them(
    text: str, question: Question, conversation: Conversation, retriever: Retriever
) -> Understanding | None:
    """ "None of these", of answers or of a list that came with them: less of what was offered, and
    others. It excludes nothing, since it may have been said of the list."""
    if question.facet not in retriever.catalogue.schema.facets:
        return None
    turn = len(conversation.turns) + 1
    avoids = tuple(
        Preference(question.facet, o.value, FEWER, text, turn, f"less {o.value}")
        for o in question.options
    )
    acts = (Act("request-alternative", text),)
    return Understanding(acts, ProfileChange(avoids=avoids), language=conversation.language)


def _given_way(
    text: str,
    answer: str,
    single: bool,
    question: Question,
    conversation: Conversation,
    retriever: Retriever,
    withheld: frozenset[str],
) -> Understanding | None:
    wanted = answer or (question.options[0].value if single else "")
    found = offers(conversation, retriever, _voice(conversation), withheld)
    offer = next((o for o in found if o.answer == wanted), None)
    if offer is None or not wanted:
        return None
    # The words of the offer are ours unless the visitor says them, and quotes are theirs alone.
    limits = tuple(replace(limit, quote=text, whole=bool(answer)) for limit in offer.change.limits)
    return Understanding(
        (Act("affirm", text),), replace(offer.change, limits=limits), language=conversation.language
    )


def _answered(
    text: str, answer: str, question: Question, conversation: Conversation, retriever: Retriever
) -> Understanding:
    turn, facet = len(conversation.turns) + 1, question.facet
    change = ProfileChange(wants=(Preference(facet, answer, WANTED, text, turn),))
    if facet in retriever.catalogue.schema.numbers:
        bounds = limits_of(answer, _voice(conversation))
        change = ProfileChange(limits=tuple(Limit(facet, op, n, text, turn) for op, n in bounds))
    return Understanding((Act("inform", text),), change, language=conversation.language)


def _voice(conversation: Conversation) -> Voice:
    """The language in which the answers were offered."""
    return Voice(conversation.language)
