"""What visitors take back by naming it, and that nothing else goes with it."""

import pytest

from chatbot.conversation import Conversation
from chatbot.parts import Parts
from chatbot.profile import Profile
from chatbot.understand import understand
from finetune.labelled import Labelled, before


def after(parts: Parts, said: str, *earlier: str) -> tuple[Profile, bool]:
    """The profile behind an utterance, and whether it was read as taking something back."""
    given = {"say": said, "catalogue": "films", "language": "en", "acts": [], "slots": []}
    row = Labelled.model_validate({**given, "earlier": list(earlier)})
    start: Conversation = before(row, parts.lexicon)
    found = understand(said, start, parts.lexicon)
    return start.changed(found.change).profile, found.did("revoke")


@pytest.mark.parametrize(
    "said",
    [
        "forget what I said about horror, she's gone home",
        "scrap the horror rule",
        "I take back what I said about horror",
        "on second thoughts keep the horror in",
        "you can put horror back in",
        "I changed my mind about horror",
    ],
)
def test_what_was_ruled_out_is_let_in_by_name_and_nothing_else_is(parts: Parts, said: str) -> None:
    profile, revoked = after(parts, said, "no horror, musicals or westerns, under two hours")
    assert revoked
    assert "horror" not in {a.value for a in profile.avoids}
    assert {"musical", "western"} <= {a.value for a in profile.avoids}
    assert [(x.facet, x.op, x.value) for x in profile.limits] == [("runtime", "<", 120)]


@pytest.mark.parametrize(
    "said",
    [
        "forget the subtitles, I can read",
        "never mind the weather",
        "leave the kids part to me",
        "genre doesn't matter",
    ],
)
def test_what_names_nothing_that_was_ruled_out_lets_nothing_in(parts: Parts, said: str) -> None:
    profile, _ = after(parts, said, "no horror and no westerns")
    assert {"horror", "western"} <= {a.value for a in profile.avoids}


def test_a_field_that_does_not_matter_loses_its_wishes(parts: Parts) -> None:
    profile, revoked = after(parts, "genre doesn't matter any more", "a comedy from France")
    assert revoked
    assert "genres" not in {w.facet for w in profile.wants}
    assert "France" in {w.value for w in profile.wants}
