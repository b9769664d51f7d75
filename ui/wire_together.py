"""Wire forms of a conversation over several catalogues: the contract's objects, and `scenes` in them.

A turn has what a turn about one catalogue has, over all of them together, and besides it `scenes`:
the same of each. Turns are counted over the whole conversation.
"""

from collections.abc import Mapping
from typing import Any

from chatbot.conversation import Action
from chatbot.events import Finished, Recommended, Understood
from chatbot.guesses import Guess
from chatbot.lexicon import Lexicon
from chatbot.together import FinishedTogether, InScene, SceneEnd, Together
from ui.wire import acts_json, card_json, event_json, profile_json, question_json

WEIGHTIEST: tuple[Action, ...] = ("recommend", "ask", "answer", "compare", "explain", "talk")
"""Of several actions in one turn, the one that the turn is called by is the first of these."""
Guesses = Mapping[str, tuple[Guess, ...]]
"""What is guessed in each scene."""


def scene_profiles(together: Together, guesses: Guesses) -> dict[str, dict[str, Any]]:
    """The profile of each scene, its entries dated by the turns of the whole conversation."""
    found = {}
    for conversation in together.conversations:
        name = conversation.catalogue
        profile = profile_json(conversation.profile, guesses.get(name, ()))
        for section in ("wants", "avoids", "limits"):
            for entry in profile[section]:
                entry["turn"] = together.turn_of(name, entry["turn"])
        found[name] = profile
    return found


def merged_profile(profiles: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The profiles of all scenes as one: what stands in several of them stands in it once."""
    merged: dict[str, Any] = {}
    for profile in profiles.values():
        for section, entries in profile.items():
            kept = merged.setdefault(section, [])
            kept += [entry for entry in entries if entry not in kept]
    return merged


def together_turn_json(finished: FinishedTogether, guesses: Guesses) -> dict[str, Any]:
    """A whole turn: the contract's keys over all scenes that heard it, and `scenes`."""
    together, ends = finished.together, finished.scenes
    profiles = scene_profiles(together, guesses)
    scenes = [_scene_json(end, profiles[end.catalogue]) for end in ends]
    acts = [act for end in ends for act in acts_json(end.understood.acts)]
    done = {end.finished.action for end in ends}
    return {
        "turn": len(together.turns),
        "utterance": together.turns[-1].utterance,
        "reply": finished.reply,
        "acts": [act for n, act in enumerate(acts) if act not in acts[:n]],
        "action": next((action for action in WEIGHTIEST if action in done), "talk"),
        "question": next((s["question"] for s in scenes if s["question"]), None),
        "items": [item for scene in scenes for item in scene["items"]],
        "profile": merged_profile(profiles),
        "timings_ms": dict(finished.timings_ms),
        "scenes": scenes,
    }


def _scene_json(end: SceneEnd, profile: dict[str, Any]) -> dict[str, Any]:
    done: Finished = end.finished
    return {
        "catalogue": end.catalogue,
        "reply": done.reply,
        "action": done.action,
        "question": question_json(done.question),
        "items": [{**card_json(card), "catalogue": end.catalogue} for card in done.cards],
        "profile": profile,
    }


def together_event_json(
    event: InScene | FinishedTogether, guesses: Guesses
) -> tuple[str, dict[str, Any]]:
    """The name and the data of one server-sent event; what happens in a scene names it."""
    if isinstance(event, FinishedTogether):
        return "finished", together_turn_json(event, guesses)
    acts = event.event.acts if isinstance(event.event, Understood) else ()
    name, data = event_json(event.event, acts)
    data["catalogue"] = event.catalogue
    if isinstance(event.event, Recommended):
        data["items"] = [{**item, "catalogue": event.catalogue} for item in data["items"]]
    return name, data


def together_json(
    together: Together, lexicons: Mapping[str, Lexicon], guesses: Guesses
) -> dict[str, Any]:
    """A conversation over several catalogues as its visitor may see it again."""
    profiles = scene_profiles(together, guesses)
    turns = []
    for number, turn in enumerate(together.turns, 1):
        scenes: list[dict[str, Any]] = []
        for name, own in turn.heard:
            was = together.of(name).turns[own - 1]
            items = lexicons[name].items
            shown = [{**items[id].fields, "catalogue": name} for id in was.shown if id in items]
            scenes.append(
                {
                    "catalogue": name,
                    "reply": was.reply,
                    "action": was.action,
                    "question": question_json(was.question),
                    "items": shown,
                }
            )
        done = {scene["action"] for scene in scenes}
        turns.append(
            {
                "turn": number,
                "utterance": turn.utterance,
                "reply": turn.reply,
                "action": next((action for action in WEIGHTIEST if action in done), "talk"),
                "question": next((s["question"] for s in scenes if s["question"]), None),
                "items": [item for scene in scenes for item in scene["items"]],
                "scenes": scenes,
            }
        )
    return {
        "id": together.id,
        "catalogue": list(together.catalogues),
        "turns": turns,
        "profile": merged_profile(profiles),
        "scenes": [{"catalogue": name, "profile": p} for name, p in profiles.items()],
    }
