"""Talking in a terminal about several catalogues at once: a heading for each, else as ever."""

import json
import sys

from rich.console import Console
from rich.text import Text

from chatbot.edits import ByHand
from chatbot.events import Recommended, Said
from chatbot.profile import ProfileChange
from chatbot.together import FinishedTogether, Together
from ui.commands import HELP, read_command
from ui.service import Service
from ui.terminal import card_text, typed
from ui.wire_together import together_turn_json


def together_json_lines(service: Service) -> None:
    """One utterance a line from standard input, one JSON object a line to standard output."""
    id = service.joint.start(service.house.names).id
    for line in sys.stdin.buffer:
        utterance = line.decode("utf-8", errors="replace").rstrip("\r\n")
        *_, last = service.joint.respond(id, utterance)
        assert isinstance(last, FinishedTogether)
        turn = together_turn_json(last, service.joint.guesses(last.together))
        sys.stdout.write(json.dumps(turn, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def together_terminal(service: Service) -> None:
    """Prompt, the cards of each catalogue under its name, reply; until the end of input."""
    console = Console()
    id = service.joint.start(service.house.names).id
    for utterance in typed(service, console, " · ".join(service.house.names)):
        if utterance.startswith("/"):
            _command(service, service.joint.read(id), utterance, console)
        else:
            _print(service, id, utterance, console)


def _command(service: Service, together: Together, line: str, console: Console) -> None:
    """A change is for the catalogue that is named behind the stroke: "/books remove 2". /profile is
    of all of them, unless one is named."""
    first, _, rest = line[1:].strip().partition(" ")
    scene = first if first in together.catalogues else ""
    line = f"/{rest or 'profile'}" if scene else line
    if not scene and line.strip() != "/profile":
        names = " or ".join(f"/{n} remove 2" for n in together.catalogues)
        console.print(Text(f"{HELP}\nOf which catalogue is said first: {names}.", style="cyan"))
        return
    for name in (scene,) if scene else together.catalogues:
        conversation, lexicon = together.of(name), service.house.parts(name).lexicon
        command = read_command(line, conversation, service.guesses(conversation), lexicon)
        if command is not None and command.change is not None:
            _print(service, together.id, command.said, console, name, command.change)
        elif command is not None:
            console.print(Text(service.house.words[name].heading("en"), style="bold"))
            console.print(Text("\n".join(command.lines), style="cyan"))


def _print(
    service: Service,
    id: str,
    said: str,
    console: Console,
    scene: str = "",
    change: ProfileChange | ByHand | None = None,
) -> None:
    for event in service.joint.respond(id, said, change, scene):
        if isinstance(event, FinishedTogether):
            console.print()
            return
        match event.event:
            case Recommended(cards) if cards:
                heading = service.house.words[event.catalogue].heading("en")
                console.print(Text(heading, style="bold magenta"))
                for place, card in enumerate(cards, 1):
                    console.print(card_text(place, card))
            case Said(text):
                console.print(Text(text, style="green"), end="")
