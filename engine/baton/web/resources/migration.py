"""``/migration``: running instances go on in another version of their process."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.migration import Move
from baton.web.answers.batch import Batch, show_batch
from baton.web.answers.migration import (
    InstancePreview,
    InstructionReport,
    MigrationChoice,
    MigrationPlan,
    MigrationPlanReport,
    MigrationPreview,
    ShownInstruction,
)
from baton.web.context import RequestContext
from baton.web.models.migration import ExecuteMigration, GeneratePlan, GivenPlan
from baton.web.routes.group import Group
from baton.web.variables import to_rest_variables

GROUP = Group("Migration", "Running instances go on in another version of their process", resource="process-instance")
_MOST_PREVIEWED = 1_000


@GROUP.post(
    "/migration/generate",
    "A plan for the elements that are the same in both versions",
    changes=False,
    needs="process-definition:read",
)
def generate(context: RequestContext, body: GeneratePlan) -> MigrationPlan:
    source, target = body.sourceProcessDefinitionId, body.targetProcessDefinitionId
    moves = context.engine.migrations.generate(
        source, target, by_kind=body.byKind or False, update_triggers=body.updateEventTriggers or False
    )
    variables = None if body.variables is None else to_rest_variables(body.variables, deserialize=False)
    return MigrationPlan(
        sourceProcessDefinitionId=source,
        targetProcessDefinitionId=target,
        instructions=[_show(move) for move in moves],
        variables=variables,
    )


@GROUP.post(
    "/migration/validate",
    "What is wrong with each instruction of a plan",
    changes=False,
    needs="process-definition:read",
)
def validate(context: RequestContext, body: GivenPlan) -> MigrationPlanReport:
    return _report([(move, failures) for move, failures in context.engine.migrations.check(body.to_plan()) if failures])


@GROUP.post(
    "/migration/choices",
    "For each element at which a token may rest what it can become, and why a plan leaves it out",
    changes=False,
    needs="process-definition:read",
    baton_extension=True,
)
def list_choices(context: RequestContext, body: GivenPlan) -> list[MigrationChoice]:
    plan = body.to_plan()
    found = context.engine.migrations.list_choices(plan.source_id, plan.target_id, plan.moves)
    return [
        MigrationChoice(activityId=choice.source, targetActivityIds=list(choice.targets), failures=list(choice.why_not))
        for choice in found
    ]


@GROUP.post(
    "/migration/preview",
    "Which of the instances can be migrated now, and why others cannot; nothing is changed",
    changes=False,
    baton_extension=True,
)
def preview(context: RequestContext, body: ExecuteMigration) -> MigrationPreview:
    ids = body.choose(context.engine)
    refused = context.engine.migrations.explain(body.migrationPlan.to_plan(), ids[:_MOST_PREVIEWED])
    return MigrationPreview(
        instances=len(ids),
        lookedAt=min(len(ids), _MOST_PREVIEWED),
        refused=[InstancePreview(processInstanceId=id_, reason=reason) for id_, reason in refused.items()],
    )


@GROUP.post("/migration/execute", "Migrate instances at once, all of them or none")
def execute(context: RequestContext, body: ExecuteMigration) -> None:
    context.engine.migrations.execute(body.migrationPlan.to_plan(), body.choose(context.engine), context.by)


@GROUP.post("/migration/executeAsync", "Migrate instances as a batch")
def execute_async(context: RequestContext, body: ExecuteMigration) -> Batch:
    plan, ids = body.migrationPlan.to_plan(), body.choose(context.engine)
    return show_batch(context.engine.migrations.execute_later(plan, ids, context.by))


def _show(move: Move) -> ShownInstruction:
    return ShownInstruction(
        sourceActivityIds=[move.source], targetActivityIds=[move.target], updateEventTrigger=move.update_trigger
    )


def _report(reports: Sequence[tuple[Move, Sequence[str]]]) -> MigrationPlanReport:
    return MigrationPlanReport(
        instructionReports=[
            InstructionReport(instruction=_show(move), failures=list(failures)) for move, failures in reports
        ],
        variableReports={},
    )
