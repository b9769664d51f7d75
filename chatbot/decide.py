"""Deciding what to do about what was understood."""

from chatbot.acts import CHATTER
from chatbot.conversation import Action, Conversation
from chatbot.understand import Understanding


def decide(understanding: Understanding, before: Conversation, after: Conversation) -> Action:
    """The action for this turn; `before` and `after` are the conversation around the change.

    Whether a question is worth asking is for the caller to find out: this says `ask` where nothing
    is known to go by.
    """
    told = not understanding.change.is_empty
    if understanding.did("inquire-profile"):
        return "talk"
    if understanding.did("restart") and not after.profile.wants:
        return "talk"
    if understanding.did("undo"):
        back = before.last_shown or not after.profile.is_empty
        return "recommend" if before.past and back else "talk"
    if understanding.did("compare"):
        return "compare"
    if understanding.did("request-explanation") and before.last_shown:
        return "explain"
    if understanding.did("inquire-item") and understanding.about:
        return "answer"
    if understanding.unclear and not (understanding.change.wants or understanding.change.limits):
        return "talk"
    if is_chatter(understanding):
        answers = understanding.did("affirm", "deny") and before.turns and before.turns[-1].question
        if answers:
            return "recommend" if understanding.did("deny") else "ask"
        if understanding.did("accept") and not (before.last_shown or understanding.about):
            return "ask"  # there is nothing yet that could be taken
        opening = understanding.did("greet") and not understanding.did("inquire-system")
        return "ask" if opening and not before.turns else "talk"
    if told and understanding.did("affirm") and before.turns and before.turns[-1].question:
        return "recommend"  # an offer was taken up
    only_reaction = told and not _asks(understanding)
    if only_reaction and understanding.did("accept"):
        return "talk"
    if understanding.did("no-preference", "request-more", "request-alternative"):
        return "recommend"
    profile = after.profile
    known = profile.wants or profile.avoids or profile.limits or profile.liked
    return "recommend" if known else "ask"


def _asks(understanding: Understanding) -> bool:
    change = understanding.change
    return bool(change.wants or change.avoids or change.limits)


def is_chatter(understanding: Understanding) -> bool:
    """Whether an utterance asks for nothing, says nothing of taste and names nothing."""
    only = all(act.act in CHATTER or act.act == "off-topic" for act in understanding.acts)
    return only and understanding.change.is_empty and not understanding.unknown
