"""``/decision-definition``: one version of one decision, by id or the latest by key."""

from __future__ import annotations

from typing import Any

from baton.model.definition import DecisionDefinition
from baton.service import DecisionQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, strings
from baton.web.lists import Listing, Page, declare
from baton.web.routing import Group
from baton.web.shapes.definitions import DECISION, decision_json
from baton.web.variables import all_to_rest
from baton.web.versions import SORTS, Versions, filters_of, query_fields

GROUP = Group("Decision Definition", "One version of one decision (DMN)")

FILTERS = filters_of("decisionDefinition")
EVALUATE = Shape("EvaluateDecision", (Field("variables", "variables"),))


def _query(filters: Any, page: Page | None = None) -> DecisionQuery:
    return DecisionQuery(**query_fields("decisionDefinition", filters, page))


declare(
    GROUP,
    Listing(
        path="/decision-definition",
        what="decision definitions",
        filters=FILTERS,
        sorts=SORTS,
        item=DECISION,
        fetch=lambda call, filters, page: [
            decision_json(one) for one in call.engine.decisions.find(_query(filters, page))
        ],
        count=lambda call, filters: call.engine.decisions.count(_query(filters)),
        post=False,
    ),
)


both = Versions(
    GROUP,
    "/decision-definition",
    lambda call, id: call.engine.decisions.get(id),
    lambda call, key, tenant_id: call.engine.decisions.get_latest(key, tenant_id),
)


@both("get", "", "One decision definition", answer=DECISION)
def get_definition(call: Call, definition: DecisionDefinition) -> dict[str, Any]:
    del call
    return decision_json(definition)


@both("get", "/xml", "The DMN file", answer=Shape("DecisionXml", strings("id", "dmnXml")))
def get_xml(call: Call, definition: DecisionDefinition) -> dict[str, Any]:
    return {"id": definition.id, "dmnXml": call.engine.decisions.get_xml(definition.id)}


@both("get", "/diagram", "An image deployed beside the file: Baton draws in the browser, so there is none")
def get_diagram(call: Call, definition: DecisionDefinition) -> None:
    del call, definition


@both(
    "post",
    "/evaluate",
    "Evaluate the decision: the matched rules, each as output name and value",
    body=EVALUATE,
    answer="application/json",
    changes=False,
)
def evaluate(call: Call, definition: DecisionDefinition) -> list[dict[str, Any]]:
    results = call.engine.decisions.evaluate_definition(definition.id, call.body.get("variables", {}))
    return [all_to_rest(result) for result in results]
