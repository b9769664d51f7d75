"""Wire forms: the JSON objects of the contract, the same on the command line and over HTTP."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chatbot.acts import Act
from chatbot.conversation import Conversation, Question
from chatbot.events import Card, Event, Finished, Recommended, Retrieved, Said, Understood
from chatbot.guesses import Guess
from chatbot.lexicon import Lexicon
from chatbot.profile import Limit, Preference, Profile


def profile_json(profile: Profile, guesses: Sequence[Guess] = ()) -> dict[str, Any]:
    """The profile of the contract; a wish for something like an item has its title as `label`.

    `guesses` stand apart from the wants: nobody stated them. `dismissed`, if there are any, are
    those that were turned down.
    """
    dismissed = [{"facet": facet, "value": value} for facet, value in profile.dismissed]
    return {
        "wants": [_preference(p) for p in profile.wants],
        "avoids": [_preference(p) for p in profile.avoids],
        "limits": [_limit(limit) for limit in profile.limits],
        "liked": list(profile.liked),
        "disliked": list(profile.disliked),
        "seen": list(profile.seen),
        "guesses": [
            {"facet": g.facet, "value": g.value, "strength": g.strength, "from": list(g.likes)}
            for g in guesses
        ],
        **({"dismissed": dismissed} if dismissed else {}),
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "facet": limit.facet,
        "op": limit.op,
        "value": limit.value,
        "quote": limit.quote,
        "turn": limit.turn,
        **_unless(limit.unless),
    }


def _preference(p: Preference) -> dict[str, Any]:
    label = {"label": p.label} if p.label else {}
    return {
        "facet": p.facet,
        "value": p.value,
        "strength": p.strength,
        "quote": p.quote,
        "turn": p.turn,
        **label,
        **_unless(p.unless),
    }


def _unless(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What an entry does not apply to, or a limit is met by as well, if there is anything."""
    named = [{"facet": facet, "value": value} for facet, value in pairs]
    return {"unless": named} if named else {}


def card_json(card: Card) -> dict[str, Any]:
    """One shown item. `sponsored`, `out_of_stock` and `labels` (in the visitor's language, to be shown
    with it) are there only where there is something to say."""
    return {
        "id": card.item.id,
        "title": card.item.title,
        "score": card.score,
        "reason": card.reason,
        "evidence": [asdict(e) for e in card.evidence],
        "item": dict(card.item.fields),
        **({"sponsored": True} if card.sponsored else {}),
        **({"out_of_stock": True} if card.out_of_stock else {}),
        **({"labels": list(card.labels)} if card.labels else {}),
    }


def question_json(question: Question | None) -> dict[str, Any] | None:
    """A question with its options, or nothing."""
    return asdict(question) if question else None


def acts_json(acts: Sequence[Act]) -> list[dict[str, str]]:
    """Dialogue acts with the words that they were read from."""
    return [asdict(act) for act in acts]


def turn_json(
    acts: Sequence[Act], finished: Finished, items: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A whole turn, the object of `chat --json` and of one JSON answer over HTTP; `items` are its cards,
    where they are written already."""
    conversation = finished.conversation
    return {
        "turn": len(conversation.turns),
        "utterance": conversation.turns[-1].utterance,
        "reply": finished.reply,
        "acts": acts_json(acts),
        "action": finished.action,
        "question": question_json(finished.question),
        "items": [card_json(card) for card in finished.cards] if items is None else items,
        "profile": profile_json(conversation.profile, finished.guesses),
        "timings_ms": dict(finished.timings_ms),
    }


def event_json(event: Event, acts: Sequence[Act]) -> tuple[str, dict[str, Any]]:
    """The name and the data of one server-sent event."""
    match event:
        case Understood():
            return "understood", {
                "acts": acts_json(event.acts),
                "profile": profile_json(event.profile, event.guesses),
            }
        case Retrieved():
            return "retrieved", asdict(event)
        case Recommended():
            return "recommended", {"items": [card_json(card) for card in event.cards]}
        case Said():
            return "said", {"text": event.text}
        case Finished():
            return "finished", turn_json(acts, event)


def conversation_json(
    conversation: Conversation, lexicon: Lexicon, guesses: Sequence[Guess] = ()
) -> dict[str, Any]:
    """A conversation as its visitor may see it again."""
    return {
        "id": conversation.id,
        "catalogue": conversation.catalogue,
        "turns": [
            {
                "turn": number,
                "utterance": turn.utterance,
                "reply": turn.reply,
                "action": turn.action,
                "question": question_json(turn.question),
                "items": [
                    dict(lexicon.items[id].fields) for id in turn.shown if id in lexicon.items
                ],
                **({"sponsored": list(turn.sponsored)} if turn.sponsored else {}),
            }
            for number, turn in enumerate(conversation.turns, 1)
        ],
        "profile": profile_json(conversation.profile, guesses),
    }
