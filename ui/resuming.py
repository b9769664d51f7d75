"""The page of a visitor who comes back, made anew from the log: what was said, the last list, the profile."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.conversation import Conversation, Turn
from chatbot.events import Card
from chatbot.labels import labels
from chatbot.together import SharedTurn
from chatbot.voice import Voice
from retrieval.errors import UnknownConversation
from ui.page_view import SceneView, View, fresh, known
from ui.service import Service


def opened(service: Service, visitor: str, language: str = "en") -> View:
    """What the page shows to a visitor who opens it: their conversation as it stands, or a fresh one.

    `language` is that of the browser; in a conversation, the one that is spoken counts.
    """
    id = service.log.visited(visitor) if visitor else None
    if id is not None:
        try:
            return replace(_resumed(service, id, language), visitor=visitor)
        except UnknownConversation:  # about a catalogue that is no longer served
            pass
    return fresh(service, visitor=visitor, language=language)


def _resumed(service: Service, id: str, language: str) -> View:
    together = service.joint.find(id)
    if together is None:
        conversation = service.conversation(id)
        scene = _scene(service, conversation, bool(conversation.turns))
        spoken = conversation.language if conversation.turns else language
        return View(id, _messages(conversation.turns), (scene,), spoken)
    heard = [name for name, _ in together.turns[-1].heard] if together.turns else []
    return View(
        id,
        _messages(together.turns),
        tuple(_scene(service, c, c.catalogue in heard) for c in together.conversations),
        together.of(heard[-1]).language if heard else language,
    )


def _messages(turns: Sequence[Turn | SharedTurn]) -> tuple[tuple[str, str], ...]:
    both = ((("user", turn.utterance), ("assistant", turn.reply)) for turn in turns)
    return tuple(message for turn in both for message in turn)


def _scene(service: Service, conversation: Conversation, heard: bool) -> SceneView:
    """A catalogue's part of the page; its question is open if it `heard` the last turn."""
    question = conversation.turns[-1].question if heard else None
    cards = _last_list(service, conversation)
    return known(service, SceneView(conversation.catalogue, cards, question=question), conversation)


def _last_list(service: Service, conversation: Conversation) -> tuple[Card, ...]:
    """The cards of the latest turn that recommended, with the reasons that stood on them."""
    numbered = reversed(list(enumerate(conversation.turns, 1)))
    number, turn = next(((n, t) for n, t in numbered if t.action == "recommend"), (0, None))
    if turn is None:
        return ()
    parts = service.house.parts(conversation.catalogue)
    reasons, voice = service.log.reasons(conversation.id, number), Voice(turn.language)
    found = []
    for id in turn.shown:
        sponsored = id in turn.sponsored or id in parts.rules.sponsored
        gone = id in parts.rules.out_of_stock
        card = Card(parts.lexicon.items[id], 0.0, reasons.get(id, ""), ())
        found.append(
            replace(
                card, sponsored=sponsored, out_of_stock=gone, labels=labels(sponsored, gone, voice)
            )
        )
    return tuple(found)
