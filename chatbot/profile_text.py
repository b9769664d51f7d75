"""The profile in sentences: all that is known of a visitor, and what has just given way to what."""

from collections.abc import Mapping, Sequence

from chatbot.guesses import Guess
from chatbot.profile import EXCLUDES_FROM, SIMILAR, Preference, Profile, level
from chatbot.resolved import Resolved
from retrieval.item import Item
from retrieval.text import listed

WANTED = ("a little", "", "very much")
"""How much a wish counts, by its level; a plain wish needs no word."""
AVOIDED = ("slightly fewer of these", "fewer of these", "none of these")


def profile_text(profile: Profile, guesses: Sequence[Guess], items: Mapping[str, Item]) -> str:
    """What is known, for a visitor who asks: what was said, then what is only guessed."""
    hard = [a for a in profile.avoids if a.strength >= EXCLUDES_FROM]
    soft = [a for a in profile.avoids if a.strength < EXCLUDES_FROM]
    limits = [limit.quote for limit in profile.limits if limit.whole]
    halves = [f"{x.facet} {x.op} {x.value}" for x in profile.limits if not x.whole]
    parts = [
        *(
            _sentence(start, [_wanted(w) for w in profile.wants if level("wants", w) == step])
            for step, start in (
                (2, "You very much want"),
                (1, "You want"),
                (0, "You want, but less,"),
            )
        ),
        _sentence("You ruled out", [f"“{a.name}”" for a in hard]),
        _sentence("To be shown less, but not ruled out:", [_soft(a) for a in soft]),
        _sentence("Limits:", [*(f"“{q}”" for q in dict.fromkeys(limits)), *halves]),
        _sentence("You liked", _titles(profile.liked, items)),
        _sentence("You did not like", _titles(profile.disliked, items)),
        _sentence("You have seen", _titles(profile.seen, items)),
        _sentence(
            "I only guess, and go by it less, that you may like",
            [f"{g.value} ({rests_on(g, items)})" for g in guesses],
        ),
        _sentence("Guesses that you turned down:", [value for _, value in profile.dismissed]),
    ]
    return " ".join(p for p in parts if p) or "Nothing yet. Tell me what you feel like."


def _sentence(start: str, things: Sequence[str]) -> str:
    return f"{start} {listed(list(dict.fromkeys(things)))}." if things else ""


def _wanted(want: Preference) -> str:
    return f"something like {want.label}" if want.facet == SIMILAR else f"“{want.name}”"


def _soft(avoid: Preference) -> str:
    return f"“{avoid.name}” ({AVOIDED[level('avoids', avoid)]})"


def _titles(ids: Sequence[str], items: Mapping[str, Item]) -> list[str]:
    return [items[id].label() for id in ids if id in items]


def rests_on(guess: Guess, items: Mapping[str, Item]) -> str:
    """What a guess was made from, in words."""
    return f"from your liking {listed([items[id].title for id in guess.likes if id in items])}"


def resolved_text(found: Sequence[Resolved], items: Mapping[str, Item]) -> str:
    """What gave way, one short clause each; empty if nothing did."""
    said = list(dict.fromkeys(_clause(r, items) for r in found))
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if said else ""


def _clause(r: Resolved, items: Mapping[str, Item]) -> str:
    part = "part of " if r.partly else ""
    title = items[r.old].title if r.old in items else r.old
    match r.kind:
        case "replaced":
            return f"“{r.new}” replaces {part}“{r.old}” from before"
        case "lifted" if r.section == "limits":
            return f"{part or 'the limit '}“{r.old}” is lifted"
        case "lifted":
            return f"{part}“{r.old}” taken off your profile"
        case "liked":
            return f"{title} counts as liked now, where you did not like it before"
        case "disliked":
            return f"{title} counts as not liked now, where you liked it before"
        case "weaker" | "stronger" if r.section == "avoids":
            end = ", no longer none" if r.kind == "weaker" and r.step == 1 else ""
            return f"“{r.old}”: {AVOIDED[r.step]} from now on{end}"
        case "weaker" | "stronger":
            return f"“{r.old}” counts {WANTED[r.step] or 'as a plain wish'} from now on"
