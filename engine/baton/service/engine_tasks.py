"""What is computed with an engine: for `Compute.run_with_engine`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from baton.expression.dmn import Results
from baton.model.times import Millis
from baton.model.values import Variables
from baton.service.deployments.reading import Resource
from baton.service.engine import Engine
from baton.service.simulation.requests import SimulationRequest
from baton.service.simulation.simulator import TO_REST, Pausing, Simulation


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationStep:
    """One step of a simulation: of the files, or without any of the definition."""

    resources: Sequence[Resource] = ()
    process_id: str | None = None
    definition_id: str = ""
    state: str | None = None
    request: SimulationRequest | None = None
    now: Millis | None = None
    pausing: Pausing = TO_REST


def simulate(engine: Engine, step: SimulationStep) -> Simulation:
    """Raises what ``Drafts`` and ``Simulator`` raise."""
    if step.resources:
        draft = engine.drafts.read_files(step.resources, step.process_id)
    else:
        draft = engine.drafts.read_definition(step.definition_id)
    return engine.simulator.run(draft, step.state, step.request, step.now, step.pausing)


def evaluate_decision(engine: Engine, definition_id: str, variables: Variables) -> Results:
    """Raises NotFound or CannotEvaluate."""
    return engine.decisions.evaluate_definition(definition_id, variables)
