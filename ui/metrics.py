"""Counts for whoever runs the server, in Prometheus' text form. The home of prometheus-client.

They say how much and how long, never who or what was said.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ui.queueing import Turns

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The counts of one server."""

    def __init__(self, turns: Turns) -> None:
        own = self._registry = CollectorRegistry()
        self._turns = Counter(
            "tastemaker_turns", "Turns that were answered.", ["action"], registry=own
        )
        self._stages = Histogram(
            "tastemaker_turn_stage_seconds", "How long a stage of a turn took.", ["stage"],
            buckets=SECONDS, registry=own,
        )  # fmt: skip
        self._sessions = Counter("tastemaker_sessions", "Conversations that began.", registry=own)
        self._answers = Counter(
            "tastemaker_answers", "Answers of the API, by status.", ["status"], registry=own
        )
        waiting = Gauge("tastemaker_turns_waiting", "Turns that wait.", registry=own)
        waiting.set_function(lambda: turns.waiting)
        running = Gauge("tastemaker_turns_running", "Turns that are worked on.", registry=own)
        running.set_function(lambda: turns.running)
        refused = Gauge(
            "tastemaker_turns_refused", "Turns refused since too many waited.", registry=own
        )
        refused.set_function(lambda: turns.refused)
        given_up = Gauge(
            "tastemaker_turns_given_up", "Turns whose visitor left before.", registry=own
        )
        given_up.set_function(lambda: turns.given_up)

    def turn(self, action: str, timings_ms: Mapping[str, float]) -> None:
        """Count a turn that was answered."""
        self._turns.labels(action).inc()
        for stage, milliseconds in timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def session(self) -> None:
        """Count a conversation that began."""
        self._sessions.inc()

    def answer(self, status: int) -> None:
        """Count an answer of the API."""
        self._answers.labels(str(status)).inc()

    def text(self) -> bytes:
        """All of them."""
        return generate_latest(self._registry)
