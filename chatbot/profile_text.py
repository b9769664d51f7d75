"""The profile in sentences: all that is known of a visitor, and what has just given way to what."""

from collections.abc import Mapping, Sequence

from chatbot.guesses import Guess
from chatbot.profile import EXCLUDES_FROM, SIMILAR, Preference, Profile, level
from chatbot.resolved import Resolved
from chatbot.voice import ENGLISH, Voice
from retrieval.item import Item

_STEPS = ("less", "plain", "more")


def wanted(step: int, voice: Voice = ENGLISH) -> str:
    """How much a wish counts, by its level; a plain wish needs no word."""
    return voice.phrase(f"degree.wants.{_STEPS[step]}")


def avoided(step: int, voice: Voice = ENGLISH) -> str:
    """How much something avoided counts, by its level."""
    return voice.phrase(f"degree.avoids.{_STEPS[step]}")


def profile_text(
    profile: Profile, guesses: Sequence[Guess], items: Mapping[str, Item], voice: Voice = ENGLISH
) -> str:
    """What is known, for a visitor who asks: what was said, then what is only guessed."""
    hard = [a for a in profile.avoids if a.strength >= EXCLUDES_FROM]
    soft = [a for a in profile.avoids if a.strength < EXCLUDES_FROM]
    limits = voice.quoted(limit.quote for limit in profile.limits if limit.whole)
    halves = [f"{x.facet} {x.op} {x.value}" for x in profile.limits if not x.whole]
    known: list[tuple[str, Sequence[str]]] = [
        *(
            (
                f"wanted.{_STEPS[step]}",
                [_wanted(w, voice) for w in profile.wants if level("wants", w) == step],
            )
            for step in (2, 1, 0)
        ),
        ("hard", voice.quoted(a.name for a in hard)),
        ("soft", [_soft(a, voice) for a in soft]),
        ("limits", [*limits, *halves]),
        ("liked", _titles(profile.liked, items)),
        ("disliked", _titles(profile.disliked, items)),
        ("seen", _titles(profile.seen, items)),
        ("guesses", [_guess(g, items, voice) for g in guesses]),
        ("dismissed", [value for _, value in profile.dismissed]),
    ]
    said = [voice.phrase(f"profile.{key}", things=voice.listed(ts)) for key, ts in known if ts]
    return voice.sentences(*said) or voice.phrase("profile.empty")


def _wanted(want: Preference, voice: Voice) -> str:
    if want.facet == SIMILAR:
        return voice.phrase("profile.similar", title=want.label)
    return voice.quoted([want.name])[0]


def _soft(avoid: Preference, voice: Voice) -> str:
    degree = avoided(level("avoids", avoid), voice)
    return voice.phrase("profile.avoided", name=avoid.name, degree=degree)


def _guess(guess: Guess, items: Mapping[str, Item], voice: Voice) -> str:
    source = rests_on(guess, items, voice)
    return voice.phrase("profile.guess", value=guess.value, rests_on=source)


def _titles(ids: Sequence[str], items: Mapping[str, Item]) -> list[str]:
    return [items[id].label() for id in ids if id in items]


def rests_on(guess: Guess, items: Mapping[str, Item], voice: Voice = ENGLISH) -> str:
    """What a guess was made from, in words."""
    titles = [items[id].title for id in guess.likes if id in items]
    return voice.phrase("profile.rests_on", titles=voice.listed(titles))


def resolved_text(
    found: Sequence[Resolved], items: Mapping[str, Item], voice: Voice = ENGLISH
) -> str:
    """What gave way, one short clause each; empty if nothing did."""
    said = list(dict.fromkeys(_clause(r, items, voice) for r in found))
    text = voice.phrase("joint.semicolon").join(said)
    return voice.phrase("resolved.all", clauses=f"{text[:1].upper()}{text[1:]}") if said else ""


def _clause(r: Resolved, items: Mapping[str, Item], voice: Voice) -> str:
    say = voice.phrase
    part = say("resolved.part") if r.partly else ""
    title = items[r.old].title if r.old in items else r.old
    match r.kind:
        case "replaced":
            return say("resolved.replaced", new=r.new, part=part, old=r.old)
        case "lifted" if r.section == "limits":
            part = part or say("resolved.the_limit")
            return say("resolved.limit_lifted", part=part, old=r.old)
        case "lifted":
            return say("resolved.lifted", part=part, old=r.old)
        case "liked" | "disliked":
            return say(f"resolved.{r.kind}", title=title)
        case "weaker" | "stronger" if r.section == "avoids":
            opened = r.kind == "weaker" and r.step == 1
            key = "resolved.avoids_opened" if opened else "resolved.avoids"
            return say(key, old=r.old, degree=avoided(r.step, voice))
        case "weaker" | "stronger":
            degree = wanted(r.step, voice) or say("degree.wants.plainly")
            return say("resolved.wants", old=r.old, degree=degree)
