"""The profile beside the conversation, also a home of Gradio: chips with their edits, guesses, undo."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from chatbot.edits import ByHand
from chatbot.guesses import Guess
from chatbot.lexicon import Lexicon
from chatbot.profile import Profile, ProfileChange
from chatbot.voice import Voice
from ui.cards import Button, chips, guess_chips, undo

OnClick = Callable[[Any, str, ProfileChange | ByHand], None]
"""Has a Gradio button say something and change the profile when it is clicked."""


def profile_panel(
    lexicon: Lexicon,
    profile: Profile,
    guesses: Sequence[Guess],
    gave_way: str,
    can_undo: bool,
    on_click: OnClick,
    voice: Voice,
    prefix: str = "",
) -> None:
    """Draw it; `prefix` goes before its ids where it stands on the page once more. Every edit is a button of its own, so that Tab reaches it and it has a name."""
    import gradio as gr  # noqa: PLC0415

    say = voice.phrase

    def small(button: Button) -> None:
        # The sign is drawn by the style sheet, so that the name is what is read out.
        drawn = gr.Button(
            button.name,
            size="sm",
            min_width=10,
            scale=0,
            elem_classes=["tm-small", f"tm-{button.kind}", f"tm-{voice.language}"],
        )
        on_click(drawn, button.said, button.change)

    if gave_way:
        gr.HTML(f'<p class="hint" role="status" id="{prefix}gave-way">{escape(gave_way)}</p>')
    if found := chips(profile, lexicon, voice):
        gr.HTML(f'<span class="hint">{say("page.chip.hint")}</span>')
        with gr.Row(elem_id=f"{prefix}chips", elem_classes="tm-chips"):
            for chip in found:
                with gr.Row(elem_classes="tm-chip"):
                    whole = gr.Button(f"{chip.text} ✕", size="sm", min_width=10, scale=0)
                    said = say("page.chip.taken", what=chip.text)
                    on_click(whole, said, chip.change)
                    for button in chip.buttons:
                        small(button)
    if guesses:
        gr.HTML(f'<span class="hint">{say("page.chip.guesses")}</span>')
        with gr.Column(elem_id=f"{prefix}guesses", elem_classes="tm-guesses"):
            for guess in guess_chips(guesses, lexicon, voice):
                with gr.Row(elem_classes="tm-chip"):
                    gr.HTML(f"<span>{escape(guess.text)}</span>")
                    small(guess.yes)
                    small(guess.no)
    if can_undo:
        with gr.Row(elem_id=f"{prefix}undo", elem_classes="tm-undo-row"):
            small(undo(voice))
