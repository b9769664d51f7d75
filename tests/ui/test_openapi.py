"""The document of the API is true: generated requests, one by one and in sequences, find no exception."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.ui.sited import V1, light_service
from ui.api import make_api


def refused(context: Any, response: Any, case: Any) -> Any:
    """What the document does not allow is refused, also for being too large."""
    return None if response.status_code == 413 else negative_data_rejection(context, response, case)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    refused,
    unsupported_method,
]


CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
MANY = 400
"""From so many examples on they are others in each run."""
PHASES = (Phase.explicit, Phase.generate)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    service = light_service(tmp_path_factory.mktemp("home"), ("films", "books"))
    yield make_api(service)
    service.close()


@pytest.fixture(scope="module")
def document(app: Any) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def one_by_one(document: Any, examples: int) -> int:
    """Generated requests to each operation; gives how many there were."""
    made = 0
    for found in document.get_all_operations():
        operation = found.ok()

        def holds(case: Any) -> None:
            nonlocal made
            made += 1
            case.call_and_validate(checks=CHECKS)

        calm = settings(
            max_examples=examples,
            deadline=None,
            phases=PHASES,
            suppress_health_check=CALM,
            derandomize=examples < MANY,
        )
        calm(given(case=operation.as_strategy())(holds))()
    return made


def in_sequences(document: Any, examples: int) -> None:
    """Generated conversations: begun, talked in, changed and erased, in any order."""

    class Sequences(document.as_state_machine()):  # type: ignore[misc]
        def before_call(self, case: Any) -> None:
            if (
                case.method == "POST"
                and case.path.endswith("/messages")
                and len(str(case.body)) % 2
            ):
                case.headers["Accept"] = "application/json"

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    Sequences.run(
        settings=settings(
            max_examples=examples,
            deadline=None,
            stateful_step_count=8,
            suppress_health_check=CALM,
            derandomize=examples < MANY,
        )
    )


def test_generated_requests_are_answered_as_the_document_says(document: Any) -> None:
    assert one_by_one(document, 30) > 300


def test_generated_conversations_are_answered_as_the_document_says(document: Any) -> None:
    in_sequences(document, 80)


@pytest.mark.slow
def test_many_generated_requests_are_answered_as_the_document_says(document: Any) -> None:
    assert one_by_one(document, MANY) > 2000
    in_sequences(document, MANY)


def test_the_document_has_examples_problems_and_ways_to_say_who_one_is(app: Any) -> None:
    document = TestClient(app).get("/openapi.json").json()
    assert set(document["components"]["securitySchemes"]) == {"token", "key"}
    assert "Problem" in document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            if path.startswith(V1):
                assert {"401", "403", "404", "422", "429"} <= set(operation["responses"])
                problem = operation["responses"]["429"]
                assert list(problem["content"]) == ["application/problem+json"]
                assert "Retry-After" in problem["headers"]
    message = document["components"]["schemas"]["MessageBody"]["properties"]
    assert message["text"]["examples"]
    assert "503" in document["paths"][f"{V1}/sessions/{{id}}/messages"]["post"]["responses"]
