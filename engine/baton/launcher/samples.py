"""The processes that ship with Baton, and how files get onto a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from baton.launcher.errors import CannotStart
from baton.worker import EngineRefused, EngineUnreachable, Rest
from baton.worker.rest import BUSY

BUS_VARIABLE = "BATON_SECRET_SAMPLES_BUS"
"""The secret that the file of sinks names."""
ADDRESS_VARIABLE = f"{BUS_VARIABLE}_ADDRESS"
"""The same with its scheme, for the programs on the bus."""
_BROKERS = {"amqp": "rabbitmq", "amqps": "rabbitmq", "kafka": "kafka"}
_LIBRARIES = {"rabbitmq": "pika", "kafka": "confluent_kafka"}
_PACKAGE = Path(__file__).parents[1]


def find_samples_folder() -> Path:
    """Inside an installed package, or beside it in a clone."""
    packed = _PACKAGE / "samples"
    return packed if packed.is_dir() else _PACKAGE.parents[1] / "definitions"


def list_samples() -> list[Path]:
    """One folder per sample."""
    return sorted({path.parent for path in find_samples_folder().glob("*/*.bpmn")})


def list_workers() -> list[Path]:
    """The files with the workers of the samples."""
    return sorted(find_samples_folder().glob("*/workers.py"))


def list_participants() -> list[Path]:
    """Programs that react to events of the samples."""
    found = find_samples_folder() / "participants"
    return sorted(path for path in found.glob("*.py") if path.name != "bus.py")


def check_bus(url: str) -> None:
    """Raises CannotStart if there is no such bus, or its library is missing."""
    scheme, _, rest = url.partition("://")
    kind = _BROKERS.get(scheme)
    if kind is None or not rest:
        raise CannotStart(f"Expected a bus such as amqp://user:password@host or kafka://host:9092, but found '{url}'")
    if find_spec(_LIBRARIES[kind]) is None:
        raise CannotStart(f"Expected the library for {kind}, but it is not installed: pip install 'baton-bpmn[{kind}]'")


def make_bus_environment(redis_url: str, bus: str = "") -> dict[str, str]:
    """What gives the samples their bus: ``bus``, or else the store.

    Empty where the store cannot be one, a Cluster or a Sentinel set.
    """
    scheme = (bus or redis_url).partition("://")[0]
    if bus:
        file, address = f"bus-{_BROKERS[scheme]}.toml", bus.removeprefix("kafka://")
    elif scheme in ("unix", "redis", "rediss"):
        file, address = "bus.toml", redis_url
    else:
        return {}
    named = {"BATON_SINKS_FILE": str(find_samples_folder() / file)}
    return {**named, BUS_VARIABLE: address, ADDRESS_VARIABLE: bus or redis_url}


class SampleDeployment:
    """Deploys the samples. On a busy machine an answer may not come in time: that is said once, and it is tried again.

    What is deployed already and has not changed stays as it is, so that trying again does no harm.
    """

    def __init__(self, rest: Rest, say: Callable[[str], None]) -> None:
        self._rest, self._say = rest, say
        self._left = list_samples()
        self._is_late = False

    def deploy(self) -> bool:
        """Deploy what is left; whether all is done. A sample that is refused is said and left out."""
        while self._left:
            try:
                self._deploy_folder(self._left[0])
            except EngineUnreachable as error:
                self._say_late(error)
                return False
            except EngineRefused as error:
                if error.status in BUSY:
                    self._say_late(error)
                    return False
                self._say(f"the sample {self._left[0].name} was not deployed: {error}")
            self._left.pop(0)
        if self._is_late:
            self._say("the samples are deployed now")
        return True

    def _deploy_folder(self, folder: Path) -> None:
        files = sorted(path for kind in ("bpmn", "dmn", "form", "events.json") for path in folder.glob(f"*.{kind}"))
        deploy_files(self._rest, folder.name, files, source="samples")

    def _say_late(self, error: Exception) -> None:
        if not self._is_late:
            self._say(f"the samples are not deployed yet, trying again: {error}")
        self._is_late = True


def deploy_files(
    rest: Rest, name: str, files: Sequence[Path], *, source: str, again: bool = False, breaking: bool = False
) -> dict[str, Any]:
    """Deploy together. Raises EngineRefused with the problems found."""
    fields: dict[str, tuple[str | None, Any]] = {
        "deployment-name": (None, name),
        "deployment-source": (None, source),
        "enable-duplicate-filtering": (None, "false" if again else "true"),
        "deploy-changed-only": (None, "false"),
        "allow-breaking-events": (None, "true" if breaking else "false"),
    }
    with ExitStack() as stack:
        for number, path in enumerate(files):
            fields[f"file-{number}"] = (path.name, stack.enter_context(path.open("rb")))
        return rest.request("POST", "/deployment/create", files=fields)
