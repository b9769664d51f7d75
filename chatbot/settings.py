"""What can be set about the dialogue. Each field says what it does; `ui/settings.py` loads."""

from typing import Literal

from pydantic import Field

from retrieval.settings import Section


class DialogueSettings(Section):
    """How a turn goes."""

    list_length: int = Field(5, ge=1, le=20, description="Items in one list.")
    longest_utterance: int = Field(
        2000, ge=80, description="Characters of one utterance that are read."
    )
    questions_in_a_row: int = Field(
        2, ge=0, le=5, description="Questions asked before a list is shown."
    )
    policy: Literal["both", "recommend", "ask"] = Field(
        "both",
        description="'both' asks where a question is worth it; 'recommend' never asks; 'ask' shows a "
        "list only when nothing is left to ask. The latter two are there to be compared with.",
    )
    least_bits: float = Field(
        1.0,
        ge=0,
        description="Expected information (bits) below which no question is worth asking.",
    )
    options: int = Field(4, ge=2, le=8, description="Answers offered with a question.")
    evidence: int = Field(3, ge=1, le=8, description="Pieces of evidence that one reason may use.")


class LogSettings(Section):
    """What is kept of conversations, and what for."""

    consent: Literal["asked", "assumed"] = Field(
        "asked",
        description="'asked': a conversation is learned from only once its visitor has agreed "
        "(PUT /api/v1/sessions/ID/consent, `tastemaker visitors consent`). 'assumed': until they say no.",
    )
    keep_days: int = Field(
        0,
        ge=0,
        le=36_500,
        description="Days after which a conversation in which nothing happened is erased, from samples too, by "
        "a server when it starts and once a day, and by `tastemaker visitors retain`; 0 keeps it.",
    )


class UnderstandingSettings(Section):
    """Who reads beside the rules: a small trained reader, and a chat model (none by default). Its key is read from the environment
    variable of its provider (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) and stands nowhere else."""

    second_reader: Literal["default", "none"] = Field(
        "default",
        description="The small trained reader that corrects and completes what the rules read: the one "
        "in HOME/models/reader or else the one that comes with the project; or 'none'. There is none "
        "with the encoder 'hashing'.",
    )
    chat_model: str = Field(
        "", description="Chat model that helps, as 'provider:model' (e.g. 'openai:gpt-4o-mini')."
    )
    chat_model_url: str = Field(
        "",
        description="Instead: a server that speaks OpenAI's protocol (e.g. 'http://127.0.0.1:8000/v1').",
    )
    chat_model_name: str = Field("", description="The model to ask for at that URL.")
    timeout_s: float = Field(
        4.0, gt=0, le=60, description="Seconds after which the rules alone have understood."
    )
    longest_answer: int = Field(
        8000, ge=200, le=100_000, description="Characters of an answer; a longer one is dropped."
    )
