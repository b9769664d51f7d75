"""The shop of `tasteful`, opened and asked while releases come and go."""

import json
import threading
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from tests.ui.tasteful import FLAGS, KINDS, listed, well_made
from ui.main import main
from ui.service import Service
from ui.settings import load

ASKED = "I would like blue lamps"
VISITORS, IN_FLIGHT = 200, 50


def run(home: Path, *args: str, flags: dict[str, str] = FLAGS) -> Result:
    more = [f"--set={name}={value}" for name, value in flags.items()]
    return CliRunner().invoke(main, [*args, "--home", str(home), *more])


def releases(home: Path) -> list[dict[str, Any]]:
    done = run(home, "models", "list", "--catalogue", "shop", "--json")
    assert done.exit_code == 0, done.output
    (found,) = json.loads(done.stdout)["catalogues"]
    made: list[dict[str, Any]] = found["releases"]
    return made


def opened(home: Path) -> Service:
    return Service(home, load([], {}, FLAGS)[0], "shop")


def shown(service: Service) -> list[list[str]]:
    """The lists that new visitors get for some questions, once what is live is served."""
    listed(service, service.start().id, ASKED)
    service.house.wait()
    asked = [ASKED, *(f"I would like red {kind}" for kind in KINDS)]
    return [listed(service, service.start().id, said) for said in asked]


def well_made_on_top(lists: list[list[str]]) -> int:
    """How many of the first two of each list are what visitors take."""
    return sum(map(well_made, (id for each in lists for id in each[:2])))


class InFlight:
    """Fifty visitors at once, each asking again and again until they are told to stop."""

    def __init__(self, service: Service) -> None:
        self._service, self._stop = service, threading.Event()
        self.failed: list[BaseException] = []
        self.answered = 0
        self._threads = [threading.Thread(target=self._talk, daemon=True) for _ in range(IN_FLIGHT)]
        for thread in self._threads:
            thread.start()

    def _talk(self) -> None:
        try:
            while True:
                id = self._service.start().id
                assert listed(self._service, id, ASKED)
                self.answered += 1
                if self._stop.wait(1.0):
                    return
        except BaseException as error:
            self.failed.append(error)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
