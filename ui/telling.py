"""What a turn came to, as the API tells it: the events of its stream, as JSON.

It is made where the turn is made, so that the process that speaks HTTP has only to hand it on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from chatbot.events import Event, Finished, Recommended, Understood
from chatbot.guesses import Guess
from chatbot.together import FinishedTogether, InScene
from ui.wire import card_json, event_json, turn_json
from ui.wire_together import together_event_json

TogetherEvent = InScene | FinishedTogether
FINISHED = "finished"


@dataclass(frozen=True)
class Told:
    """A turn as the API tells it."""

    events: tuple[tuple[str, str], ...]
    """Name and data of each server-sent event; the data of the last is the whole turn."""
    action: str
    timings_ms: Mapping[str, float]

    @property
    def whole(self) -> str:
        """The whole turn, the object of one JSON answer."""
        return self.events[-1][1]


def told(events: Sequence[Event]) -> Told:
    """A turn about one catalogue. The cards are told twice, and written once."""
    understood = next(e for e in events if isinstance(e, Understood))
    finished = events[-1]
    assert isinstance(finished, Finished)
    items = [card_json(card) for card in finished.cards]
    turn = turn_json(understood.acts, finished, items)
    found = []
    for event in events:
        if isinstance(event, Finished):
            name, data = FINISHED, turn
        elif isinstance(event, Recommended) and event.cards == finished.cards:
            name, data = "recommended", {"items": items}
        else:
            name, data = event_json(event, understood.acts)
        found.append((name, _json(data)))
    return Told(tuple(found), finished.action, finished.timings_ms)


def told_together(
    events: Sequence[TogetherEvent], guesses: Mapping[str, tuple[Guess, ...]]
) -> Told:
    """A turn about several catalogues; `guesses` are those of each scene, at its end."""
    found = []
    for event in events:
        name, data = together_event_json(event, guesses)
        found.append((name, _json(data)))
    return Told(tuple(found), data["action"], data["timings_ms"])


def _json(data: Any) -> str:
    return to_json(data).decode()
