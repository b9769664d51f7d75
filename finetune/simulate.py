"""Simulated conversations: how soon a visitor finds something to take, and whether limits hold.

Three policies talk to the same visitors: ours (a list, with a question where one is worth it),
recommend only, and ask only. A conversation is a success at the turn whose list holds an item that
the visitor takes: the one it had in mind, or one that meets the same wishes within the same rules.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np

from chatbot.ask import RELAX
from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.respond import respond
from finetune.metrics import bootstrap
from finetune.visitor import Visitor, draw_taste
from retrieval.constraints import permitted
from retrieval.encoder import Progress

Policy = Literal["both", "recommend", "ask"]
POLICIES: dict[str, Policy] = {"ours": "both", "recommend only": "recommend", "ask only": "ask"}
TURNS = 10


@dataclass(frozen=True)
class Fault:
    """A shown item that breaks what the visitor meant: what was said so far, and what was read."""

    said: tuple[str, ...]
    meant: str
    item: str
    limits: tuple[str, ...]
    avoids: tuple[str, ...]


@dataclass
class Talk:
    """One conversation as it went. `found` is the turn of success, from 1, or 0."""

    reticent: bool = False
    found: int = 0
    turns: int = 0
    questions: int = 0
    shown: int = 0
    against_profile: int = 0
    repeated: int = 0
    faults: list[Fault] = field(default_factory=list)


def simulate(
    parts: Parts, conversations: int, seed: int = 0, progress: Progress | None = None
) -> dict[str, list[Talk]]:
    """`conversations` conversations under each policy, with the same visitors. Deterministic."""
    found: dict[str, list[Talk]] = {}
    for name, policy in POLICIES.items():
        dialogue = parts.dialogue.model_copy(update={"policy": policy})
        measured = replace(parts, dialogue=dialogue)
        found[name] = []
        for n in range(conversations):
            found[name].append(converse(measured, f"{seed}/{n}"))
            if progress:
                progress(f"talking, {name}", n + 1, conversations)
    return found


def converse(parts: Parts, seed: str) -> Talk:
    """One conversation of 5 to 10 turns, shorter only when the visitor takes something."""
    items, schema = parts.lexicon.items, parts.lexicon.schema
    dice = random.Random(seed)
    visitor = Visitor(draw_taste(items, schema, dice), dice)
    conversation, talk = Conversation(f"simulated {seed}", "", ()), Talk(visitor.taste.reticent)
    said: list[str] = []
    shown: set[str] = set()
    for turn in range(1, visitor.taste.patience + 1):
        latest = conversation.turns[-1] if conversation.turns else None
        last_items = [items[id] for id in latest.shown] if latest else []
        said.append(visitor.react(last_items, latest.question) if latest else visitor.open())
        *_, finished = respond(conversation, said[-1], parts)
        assert isinstance(finished, Finished)
        conversation, talk.turns = finished.conversation, turn
        _check(talk, finished, visitor, tuple(said), shown)
        here = [card.item for card in finished.cards]
        talk.questions += finished.question is not None and finished.question.facet != RELAX
        if visitor.accept(here) is not None:
            talk.found = turn
            break
    return talk


def _check(
    talk: Talk, finished: Finished, visitor: Visitor, said: tuple[str, ...], shown: set[str]
) -> None:
    profile = finished.conversation.profile
    for card in finished.cards:
        id = card.item.id
        talk.shown += 1
        talk.repeated += id in shown
        known = id in (*profile.disliked, *profile.seen)
        talk.against_profile += known or not permitted(card.item, profile.constraints)
        broken = visitor.broken(card.item.fields)
        if broken:
            limits = tuple(f"{x.facet} {x.op} {x.value}" for x in profile.limits)
            avoids = tuple(f"{x.facet}: {x.value}" for x in profile.avoids)
            meant = "; ".join(f"{f.facet} {f.op} {f.value}" for f in broken)
            talk.faults.append(Fault(said, meant, card.item.label(), limits, avoids))
    shown |= {card.item.id for card in finished.cards}


def summary(talks: Sequence[Talk]) -> dict[str, Any]:
    """Figures of one policy; success by turn with 95 % intervals over conversations."""
    groups = [str(n) for n in range(len(talks))]

    def mean(values: Sequence[float]) -> dict[str, float]:
        return asdict(bootstrap(np.asarray(values, dtype=np.float64), groups))

    shown = sum(t.shown for t in talks)
    whole = max(shown, 1)
    return {
        "conversations": len(talks),
        "shown": shown,
        "success": {
            turn: mean([0 < t.found <= turn for t in talks]) for turn in range(1, TURNS + 1)
        },
        "turns": mean([t.turns for t in talks]),
        "questions": mean([t.questions for t in talks]),
        "kept_as_meant": 1 - sum(len(t.faults) for t in talks) / whole,
        "kept_by_profile": 1 - sum(t.against_profile for t in talks) / whole,
        "repeat_rate": sum(t.repeated for t in talks) / whole,
    }
