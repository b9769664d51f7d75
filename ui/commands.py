"""Commands of the terminal chat: the edits that the page has as buttons. Everything else is talk."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.conversation import Conversation
from chatbot.edits import ByHand
from chatbot.guesses import Guess
from chatbot.lexicon import Lexicon
from chatbot.profile import Profile, ProfileChange
from ui.cards import chips, guess_chips, undo

HELP = (
    "/profile lists what I go by, with numbers. /remove 2, /weaken 2, /strengthen 2, /flip 2 change an entry; "
    "/confirm 5 and /dismiss 5 settle a guess; /undo takes the last change back."
)
WITH_NUMBER = ("remove", "weaken", "strengthen", "flip", "confirm", "dismiss")


@dataclass(frozen=True)
class Entry:
    """A line of the profile, and what each command does to it: what is said, and the change."""

    text: str
    commands: dict[str, tuple[str, ProfileChange | ByHand]]


@dataclass(frozen=True)
class Command:
    """What a line asks for: lines to print, or something to say with a change."""

    lines: tuple[str, ...] = ()
    said: str = ""
    change: ProfileChange | ByHand | None = None


def entries(profile: Profile, guesses: Sequence[Guess], lexicon: Lexicon) -> list[Entry]:
    """The profile in the order of the page: what was said, then what is guessed."""
    found = [
        Entry(
            chip.text,
            {"remove": (f"(taken away: {chip.text})", chip.change)}
            | {b.kind: (b.said, b.change) for b in chip.buttons},
        )
        for chip in chips(profile, lexicon)
    ]
    return found + [
        Entry(guess.text, {b.kind: (b.said, b.change) for b in (guess.yes, guess.no)})
        for guess in guess_chips(guesses, lexicon)
    ]


def read_command(
    line: str, conversation: Conversation, guesses: Sequence[Guess], lexicon: Lexicon
) -> Command | None:
    """The command that a line is, or None where it is something said. A mistake is explained."""
    if not line.startswith("/"):
        return None
    name, _, rest = line[1:].strip().partition(" ")
    listed = entries(conversation.profile, guesses, lexicon)
    if name == "profile" and not rest:
        lines = tuple(
            f"{n}. {entry.text}  [{', '.join(f'/{c}' for c in entry.commands)}]"
            for n, entry in enumerate(listed, 1)
        )
        return Command(lines or ("Nothing yet. Tell me what you feel like.",))
    if name == "undo" and not rest:
        if not conversation.past:
            return Command(("There is nothing to take back yet.",))
        return Command(said=undo().said, change=undo().change)
    if name not in WITH_NUMBER:
        return Command((HELP,))
    number = int(rest) if rest.isdecimal() and len(rest) < 6 else 0
    if not 1 <= number <= len(listed):
        many = f"1 to {len(listed)}" if listed else "none yet"
        return Command((f"/{name} needs the number of a line of /profile: {many}, not {rest!r}.",))
    entry = listed[number - 1]
    if name not in entry.commands:
        can = ", ".join(f"/{c}" for c in entry.commands)
        return Command((f"/{name} cannot be done to “{entry.text}”; {can} can.",))
    said, change = entry.commands[name]
    return Command(said=said, change=change)
