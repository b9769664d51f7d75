"""Seekers talk to the dialogue manager: by which turn the item they have in mind is on a list.

Four policies, the same seekers, the same seed. Success is the hidden item itself; beside it stands the
softer success, an item of which everything is true that the seeker would say.
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
from finetune.metrics import bootstrap, ratio
from finetune.secret import Secret
from finetune.seekers import Seeker
from finetune.sought import draw, persona_of
from retrieval.constraints import permitted
from retrieval.encoder import Progress

TURNS = 8
Policy = Literal["full", "no questions", "more of the same", "one list"]
POLICIES: tuple[Policy, ...] = ("full", "no questions", "more of the same", "one list")
WHAT: dict[Policy, str] = {
    "full": "lists, a question where one is worth it, and everything read that the seeker says",
    "no questions": "lists, and everything read that the seeker says; nothing is ever asked",
    "more of the same": "recommend only: a list for the opening wish, then the next of the same ranking",
    "one list": "recommend only, one list: a list for the opening wish, and that is all",
}
BASE: Policy = "one list"
"""What the full policy is compared with."""


@dataclass
class Seeking:
    """One conversation as it went. `found` and `met` are turns from 1, or 0: of the hidden item, and of
    an item that meets everything the seeker wants."""

    seeker: int
    persona: str
    target: str
    found: int = 0
    met: int = 0
    turns: int = 0
    questions: int = 0
    shown: int = 0
    against_profile: int = 0
    against_meaning: int = 0
    repeated: int = 0
    said: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What was shown against what was said, as "meaning: title"."""


def seek(parts: Parts, policy: Policy, n: int, seed: int = 0) -> Seeking:
    """The conversation of seeker `n`: the same for the same seed, catalogue and program."""
    measured = replace(
        parts,
        dialogue=parts.dialogue.model_copy(
            update={"policy": "both" if policy == "full" else "recommend"}
        ),
    )
    lexicon, columns = parts.lexicon, parts.retriever.columns
    persona = persona_of(n)
    shown = {id: item for id, item in lexicon.items.items() if id not in parts.rules.hidden}
    sought = draw(shown, lexicon.schema, columns, persona, random.Random(f"{seed}/{n}"))
    secret = Secret(sought.target, [i.title for i in lexicon.items.values()])
    seeker = Seeker(
        sought, secret, lexicon.schema, columns, random.Random(f"{seed}/{n}/{persona.name}")
    )
    talk = Seeking(n, persona.name, sought.target.id)
    conversation, seen = Conversation(f"seeker {seed}/{n}", "", ()), set[str]()
    for turn in range(1, TURNS + 1):
        latest = conversation.turns[-1] if conversation.turns else None
        if latest is None:
            text = seeker.open()
        elif policy in ("full", "no questions"):
            text = seeker.react([lexicon.items[id] for id in latest.shown], latest.question)
        elif policy == "more of the same":
            text = seeker.more()
        else:
            break
        *_, finished = respond(conversation, text, measured)
        assert isinstance(finished, Finished)
        conversation, talk.turns = finished.conversation, turn
        talk.said.append(text)
        talk.replies.append(finished.reply)
        asked = finished.question is not None and finished.question.facet != RELAX
        talk.questions += asked
        _check(talk, finished, seeker, seen)
        items = [card.item for card in finished.cards]
        if not talk.met and any(map(sought.is_met_by, items)):
            talk.met = turn
        if any(item.id == sought.target.id for item in items):
            talk.found = turn
            break
    return talk


def _check(talk: Seeking, finished: Finished, seeker: Seeker, seen: set[str]) -> None:
    profile = finished.conversation.profile
    for card in finished.cards:
        item = card.item
        talk.shown += 1
        talk.repeated += item.id in seen
        known = item.id in (*profile.disliked, *profile.seen)
        talk.against_profile += known or not permitted(item, profile.constraints)
        broken = [f for f in seeker.voiced if not f.holds(item.fields)]
        talk.against_meaning += bool(broken)
        talk.faults += [f"{f.facet} {f.op} {f.value}: {item.label()}" for f in broken]
    seen |= {card.item.id for card in finished.cards}


def simulate(
    parts: Parts,
    seekers: int,
    seed: int = 0,
    policies: Sequence[Policy] = POLICIES,
    progress: Progress | None = None,
) -> dict[Policy, list[Seeking]]:
    """What became of `seekers` seekers under each policy. Deterministic."""
    found: dict[Policy, list[Seeking]] = {}
    for policy in policies:
        found[policy] = []
        for n in range(seekers):
            found[policy].append(seek(parts, policy, n, seed))
            if progress:
                progress(f"seeking, {policy}", n + 1, seekers)
    return found


def summary(talks: Sequence[Seeking]) -> dict[str, Any]:
    """Figures of one policy, with 95 % intervals from a bootstrap over seekers."""
    groups = [str(t.seeker) for t in talks]

    def mean(values: Sequence[float]) -> dict[str, float]:
        return asdict(bootstrap(np.asarray(values, dtype=np.float64), groups))

    shown = max(sum(t.shown for t in talks), 1)
    turns = [t.found for t in talks if t.found]
    by = {name: [t for t in talks if t.persona == name] for name in {t.persona: 0 for t in talks}}
    return {
        "seekers": len(talks),
        "success": {n: mean([0 < t.found <= n for t in talks]) for n in range(1, TURNS + 1)},
        "all_met": {n: mean([0 < t.met <= n for t in talks]) for n in range(1, TURNS + 1)},
        "turns_needed": sum(turns) / len(turns) if turns else None,
        "questions": mean([t.questions for t in talks]),
        "kept_as_read": 1 - sum(t.against_profile for t in talks) / shown,
        "kept_as_meant": 1 - sum(t.against_meaning for t in talks) / shown,
        "repeat_rate": sum(t.repeated for t in talks) / shown,
        "success_by_5_of": {
            name: sum(0 < t.found <= 5 for t in part) / len(part) for name, part in by.items()
        },
    }


def gain(talks: Sequence[Seeking], base: Sequence[Seeking], turn: int) -> dict[str, float] | None:
    """Success by a turn as a multiple of another policy's with the same seekers, with its interval;
    None where the other had none."""
    ours, theirs = (
        np.asarray([0 < t.found <= turn for t in side], dtype=np.float64) for side in (talks, base)
    )
    found = ratio(ours, theirs)
    return asdict(found) if found else None
