"""Talking in a terminal, in colour or as JSON lines."""

import json
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from chatbot.acts import Act
from chatbot.events import Card, Finished, Recommended, Said, Understood
from retrieval.item import year_in_words
from ui.commands import read_command
from ui.progress import progress_bars as progress_bars
from ui.service import Service
from ui.wire import turn_json

GREETING = (
    "Tell me what you feel like. Ask “why the first one?”, say “more” or “start over”; Ctrl-D ends.\n"
    "/profile lists what I go by; /help says how to change it."
)


def chat_json(service: Service) -> None:
    """One utterance a line from standard input, one JSON object a line to standard output."""
    conversation = service.start()
    for line in sys.stdin.buffer:
        utterance = line.decode("utf-8", errors="replace").rstrip("\r\n")
        acts: tuple[Act, ...] = ()
        for event in service.respond(conversation.id, utterance):
            if isinstance(event, Understood):
                acts = event.acts
            if isinstance(event, Finished):
                sys.stdout.write(json.dumps(turn_json(acts, event), ensure_ascii=False) + "\n")
                sys.stdout.flush()


def typed(service: Service, console: Console, about: str) -> Iterator[str]:
    """What a visitor types behind a greeting, until the end of input."""
    console.print(Panel(GREETING, title=f"Tastemaker · {about}", border_style="cyan"))
    if service.parts.without_model:
        console.print(Text(service.parts.without_model, style="yellow"))
    console.print(Text(service.parts.understands, style="dim"))
    while True:
        try:
            yield console.input("[bold cyan]you ›[/] ")
        except EOFError:
            console.print("\nGoodbye.")
            return


def chat_terminal(service: Service) -> None:
    """Prompt, cards, reply; until the end of input."""
    console = Console()
    conversation = service.start()
    for utterance in typed(service, console, service.catalogue):
        conversation = service.conversation(conversation.id)
        command = read_command(
            utterance, conversation, service.guesses(conversation), service.parts.lexicon
        )
        if command is not None and command.change is None:
            console.print(Text("\n".join(command.lines), style="cyan"))
            continue
        said, change = (command.said, command.change) if command else (utterance, None)
        for event in service.respond(conversation.id, said, change):
            match event:
                case Recommended(cards):
                    for place, card in enumerate(cards, 1):
                        console.print(card_text(place, card))
                case Said(text):
                    console.print(Text(text, style="green"), end="")
                case Finished():
                    console.print()


def card_text(place: int, card: Card) -> Text:
    """An item in two lines: what it is, and why."""
    fields = card.item.fields
    units = {"runtime": " min", "duration": " min"}
    year, shown = year_in_words(fields.get("year")), ("runtime", "price")
    facts = [f"{fields[f]}{units.get(f, '')}" for f in shown if fields.get(f) not in (None, "")]
    facts = [year, *facts] if year else facts
    genres = ", ".join(card.item.values("genres") or card.item.values("category"))
    line = Text(f"  {place}. ", style="dim")
    line.append(card.item.title or card.item.id, style="bold")
    for label in card.labels:
        line.append(f"  [{label}]", style="bold yellow")
    line.append(f"  {' · '.join([*facts, genres])}\n", style="dim")
    line.append(f"     {card.reason}", style="italic")
    return line
