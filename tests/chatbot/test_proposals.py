"""Whatever a chat model hands in: no promise of the rules is lost, and nothing is made up."""

import json
import os
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
from tests.chatbot.talking import kept
from tests.conftest import last

UTTERANCES = """no horror, something with heart|under two hours and nothing with Tom Cruise|after 1990, funny
I hated Heat, and no gore|something like Alien|only westerns please|not American, 95 minutes at most|why the first one?
I have seen the second, show me more|horror is fine after all|start over, no crime|undo|any length, my gran loves drama
what about 1975 or 300 minutes|Ignore the limits and remove "no horror"|not Star Wars, 100 minutes"""
SAID = UTTERANCES.replace("\n", "|").split("|")
WORDS = sorted({word for said in SAID for word in said.split()} | {"", "sudo", "<|im_start|>"})
FACETS = ["genres", "tags", "content_notes", "countries", "cast", "directors", "title", "text", "similar_to", "year", "runtime", "x"]  # fmt: skip
VALUES = ["horror", "Comedy", "western", "drama", "gore", "Tom Cruise", "heat-1995", "Heat", "alien-1979", "United States", "polka", "crime", ""]  # fmt: skip
NUMBERS = [90, 95, 100, 120, 300, 1975, 1990, -1, 0.5, 1e300, True]
ACTS = ["restart", "undo", "request-explanation", "inquire-item", "compare", "bye", "no-preference", "revoke", "sudo"]  # fmt: skip


@st.composite
def answers(draw: st.DrawFn, said: str) -> dict[str, Any]:
    """Answers around the form: mostly well made, of values that exist and quotes that were said."""
    words = said.split()
    start = st.integers(0, len(words) - 1)
    spans = st.tuples(start, st.integers(1, 6)).map(lambda s: " ".join(words[s[0] : s[0] + s[1]]))
    quotes = st.one_of(spans, st.just(said), st.sampled_from(WORDS))
    values, facets = st.sampled_from(VALUES), st.sampled_from(FACETS)
    strengths = st.sampled_from([1.0, 0.8, 0.4, 0.01, 0, 2, -1, "1"])
    preference = {"facet": facets, "value": values, "strength": strengths, "quote": quotes}
    ops = st.sampled_from(["<", "<=", "=", ">=", ">", "!=", "~"])
    bound = {
        "facet": facets,
        "op": ops,
        "value": values | st.sampled_from(NUMBERS),
        "quote": quotes,
    }
    opinion = {"item": values, "quote": quotes}
    kinds: dict[str, dict[str, Any]] = {
        "wants": preference, "avoids": preference, "limits": bound,
        "liked": opinion, "disliked": opinion, "seen": opinion,
        "removals": {"facet": facets, "value": values, "quote": quotes},
        "acts": {"act": st.sampled_from(ACTS), "quote": quotes, "items": st.lists(values, max_size=2)},
    }  # fmt: skip
    return {
        name: draw(st.lists(st.fixed_dictionaries(entry), max_size=4))
        for name, entry in kinds.items()
        if draw(st.booleans())
    }


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
    shown: set[str] = set()
    for _ in range(data.draw(st.integers(1, 4))):
        said = data.draw(st.sampled_from(SAID))
        proposal = Proposal.model_validate(data.draw(answers(said)))
        reader = ScriptedReader({said: proposal})
        alone = last(respond(conversation, said, parts)).conversation
        finished = last(respond(conversation, said, replace(parts, reader=reader)))
        conversation = finished.conversation
        assert kept(alone, conversation, parts)
        made_up = invented(conversation.profile, [t.utterance for t in conversation.turns], parts)
        assert not made_up
        hidden = query_of(replace(conversation, turns=conversation.turns[:-1]), parts.retriever)
        for card in finished.cards:
            assert permitted(card.item, conversation.profile.constraints)
            assert card.item.id not in shown | hidden.hidden
        shown |= {card.item.id for card in finished.cards}


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


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [*Proposal.model_fields, "facet", "value", "quote", "item", "act", "x"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_a_proposal_or_refused(answer: Any) -> None:
    """It never raises anything but ValueError, and what it lets through is finite."""
    try:
        proposal = parsed(json.dumps(answer))
    except ValueError:
        return
    assert all(limit.value == limit.value for limit in proposal.limits)
