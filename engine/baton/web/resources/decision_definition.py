"""``/decision-definition``: one version of one decision, by id or the latest by key."""

from __future__ import annotations

from baton.model import definition as models
from baton.service import engine_tasks
from baton.web.answers.definitions import DecisionDefinition, DecisionXml, show_decisions
from baton.web.context import RequestContext
from baton.web.models.definitions import DecisionDefinitionFilters, EvaluateDecision, HistoryTimeToLive
from baton.web.models.fields import ShownVariables
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.routes.versions import SORTS, Versions
from baton.web.variables import to_rest_variables

GROUP = Group("Decision Definition", "One version of one decision (DMN)", resource="decision-definition")


declare(
    GROUP,
    Listing(
        path="/decision-definition",
        what="decision definitions",
        filters=DecisionDefinitionFilters,
        sorts=SORTS,
        answer=DecisionDefinition,
        fetch=lambda context, filters, page: show_decisions(
            context.engine, context.engine.decisions.find(filters.to_query(page))
        ),
        count=lambda context, filters: context.engine.decisions.count(filters.to_query()),
        post=False,
    ),
)


VERSIONS: Versions[models.DecisionDefinition] = Versions(
    GROUP,
    "/decision-definition",
    lambda context, id: context.engine.decisions.get(id),
    lambda context, key, tenant_id: context.engine.decisions.get_latest(key, tenant_id),
)


@VERSIONS.get("", "One decision definition")
def get_definition(context: RequestContext, definition: models.DecisionDefinition) -> DecisionDefinition:
    return show_decisions(context.engine, [definition])[0]


@VERSIONS.get("/xml", "The DMN file")
def get_xml(context: RequestContext, definition: models.DecisionDefinition) -> DecisionXml:
    return DecisionXml(id=definition.id, dmnXml=context.engine.decisions.get_xml(definition.id))


@VERSIONS.get("/diagram", "An image deployed beside the file: Baton draws in the browser, so there is none")
def get_diagram(context: RequestContext, definition: models.DecisionDefinition) -> None:
    del context, definition


@VERSIONS.put(
    "/history-time-to-live",
    "How many days evaluations are kept that no process asks for",
    needs="process-definition:update",
)
def set_ttl(context: RequestContext, definition: models.DecisionDefinition, body: HistoryTimeToLive) -> None:
    context.engine.decisions.set_history_ttl(definition.id, body.historyTimeToLive)


@VERSIONS.post(
    "/evaluate",
    "Evaluate the decision: the matched rules, each as output name and value",
    changes=False,
    needs="decision-definition:evaluate",
)
def evaluate(
    context: RequestContext, definition: models.DecisionDefinition, body: EvaluateDecision
) -> list[ShownVariables]:
    results = context.engine.compute.run_with_engine(
        engine_tasks.evaluate_decision, definition.id, body.variables or {}
    )
    context.engine.decision_instances.record(definition, results, context.by)
    return [to_rest_variables(result) for result in results]
