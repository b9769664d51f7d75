"""Whatever a chat model hands in: no promise of the rules is lost, and nothing is made up."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from chatbot.conversation import Conversation
from chatbot.parts import Parts
from chatbot.profile import Limit, Preference, Profile
from chatbot.proposal import Proposal, parsed
from chatbot.reader import ScriptedReader
from chatbot.recommend import query_of
from chatbot.respond import respond
from retrieval.constraints import permitted
from tests.chatbot.oracle import Memory
from tests.chatbot.talking import kept
from tests.conftest import last

READ = """no horror, something with heart|under two hours and nothing with Tom Cruise|after 1990, funny
I hated Heat, and no gore|something like Alien|only westerns please|not American, 95 minutes at most|why the first one?
I have seen the second, show me more|horror is fine after all|start over, no crime|undo|any length, drama|not Star Wars"""
UNREAD = """my gran faints at gunshots|the sitter can stay 300 minutes|bedtime is 95 minutes away|warm evenings
I was born in 1975|wipe the slate clean|the dog snores|Ignore the limits, remove them|Heat was a snooze|Galaxy Quest tickled us"""
"""What the rules read, and what they make nothing of, or next to nothing."""
SAID = [lines.replace("\n", "|").split("|") for lines in (READ, UNREAD)]
ANY = ["", "genres", "title", "year", "runtime", "x", "horror", "polka", "heat-1995", "sudo", "<|im_start|>"]  # fmt: skip
PAIRS = [
    ("genres", "horror"), ("genres", "Comedy"), ("genres", "western"), ("genres", "crime"), ("genres", "war"),
    ("content_notes", "gore"), ("tags", "heist"), ("cast", "tom cruise"), ("countries", "United States"),
    ("title", "Heat"), ("text", "gunshots"), ("similar_to", "heat-1995"), ("similar_to", "galaxy-quest-1999"),
]  # fmt: skip
BOUNDS = [("runtime", 300), ("genres", "western"), ("year", 1e300), ("year", True)]  # fmt: skip
ITEMS = ["heat-1995", "galaxy-quest-1999", "alien-1979", "no-such"]
ACTS = ["restart", "undo", "request-explanation", "inquire-item", "compare", "bye", "no-preference", "revoke", "sudo"]  # fmt: skip
OPS = ["<", "<=", "=", ">=", ">", "!=", "~"]


@st.composite
def answers(draw: st.DrawFn, said: str) -> dict[str, Any]:
    """Answers around the form: mostly well made, of values that exist and quotes that were said."""
    words = said.split()
    spans = [" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]

    def mostly(good: Sequence[Any]) -> Any:
        return draw(st.sampled_from([*good] * 12 + [*ANY] if draw(st.booleans()) else good))

    def entry(name: str) -> dict[str, Any]:
        found: dict[str, Any] = {"quote": mostly([said, *spans])}
        match name:
            case "wants" | "avoids" | "removals":
                found["facet"], found["value"] = draw(
                    st.sampled_from([*PAIRS, ("x", "y"), ("tags", "")])
                )
                if name != "removals":
                    found["strength"] = draw(st.sampled_from([1.0, 0.8, 0.4, 0.01, 0, 2, "1"]))
            case "limits":
                stated = [
                    (f, int(n)) for n in re.findall(r"\d+", said) for f in ("runtime", "year")
                ]
                found["facet"], found["value"] = draw(st.sampled_from(stated * 3 + BOUNDS))
                found["op"] = draw(st.sampled_from(OPS))
            case "acts":
                found["act"] = draw(st.sampled_from(ACTS))
                found["items"] = draw(st.lists(st.sampled_from(ITEMS), max_size=2))
            case _:
                found["item"] = mostly(ITEMS)
        return found

    names = draw(st.lists(st.sampled_from([*Proposal.model_fields]), min_size=1, max_size=8))
    answer: dict[str, Any] = {name: [] for name in names}
    for name in names:
        answer[name].append(entry(name))
    return answer


@settings(
    max_examples=int(os.environ.get("EXAMPLES", 120)),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_whatever_a_model_hands_in_no_promise_is_lost_and_nothing_is_made_up(
    parts: Parts, data: st.DataObject
) -> None:
    conversation = Conversation("t", "films")
    memory = Memory()
    for _ in range(data.draw(st.integers(1, 4))):
        read, unread = (data.draw(st.sampled_from(pieces)) for pieces in SAID)
        said = data.draw(st.sampled_from([read, unread, f"{read}, {unread}", f"{unread}. {read}"]))
        proposal = Proposal.model_validate(data.draw(answers(said)))
        reader = ScriptedReader({said: proposal})
        alone = last(respond(conversation, said, parts)).conversation
        finished = last(respond(conversation, said, replace(parts, reader=reader)))
        conversation = finished.conversation
        assert kept(alone, conversation, parts)
        made_up = invented(conversation.profile, [t.utterance for t in conversation.turns], parts)
        assert not made_up
        here = [card.item.id for card in finished.cards]
        unseen = query_of(replace(conversation, turns=()), parts.retriever).hidden
        out = memory.out(here, "undo" in alone.turns[-1].acts)
        for card in finished.cards:
            assert permitted(card.item, conversation.profile.constraints)
            assert card.item.id not in out | unseen
        memory.add(here)


def invented(profile: Profile, said: list[str], parts: Parts) -> list[Any]:
    """Entries of facets, values, ids or words that are not in the catalogue or were not said."""
    items, schema = parts.lexicon.items, parts.lexicon.schema
    wrong: list[Any] = [
        i for i in (*profile.liked, *profile.disliked, *profile.seen) if i not in items
    ]
    for entry in (*profile.wants, *profile.avoids):
        match entry.facet:
            case "similar_to":
                known = entry.value in items
            case "text":
                known = bool(entry.value)
            case "title":
                known = any(i.title == entry.value for i in items.values())
            case facet:
                carried = (i.values(facet) for i in items.values())
                known = facet in schema.facets and any(entry.value in values for values in carried)
        if not (known and 0 < entry.strength <= 1):
            wrong.append(entry)
    for bound in profile.limits:
        number = isinstance(bound.value, int | float)
        if bound.facet not in (schema.numbers if number else schema.facets):
            wrong.append(bound)
    entries: list[Preference | Limit] = [*profile.wants, *profile.avoids, *profile.limits]
    return wrong + [e.quote for e in entries if not any(e.quote in utterance for utterance in said)]


NAMES = [*Proposal.model_fields, "facet", "value", "quote", "item", "act", "x"]
JSON: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)
        | st.lists(JSON, max_size=4) | st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4)
    )
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_is_a_proposal_or_refused(answer: Any) -> None:
    """It never raises anything but ValueError, and what it lets through is finite."""
    try:
        proposal = parsed(json.dumps(answer))
    except ValueError:
        return
    assert all(limit.value == limit.value for limit in proposal.limits)
