"""A model of the suite as this engine deploys it: script bodies are tokens there, not code.

Each token becomes the harmless script that it stands for; a token that waits becomes an external task, which the
runner completes ten seconds later. Nothing else of a model is changed, and nothing depends on its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
TOPIC = "conformance"
LOGGED = "conformanceLog"
WAITS_MS = 10_000
WAITING = frozenset({"WAIT_TEN_SECONDS", "CREATE_TIMESTAMP_LOG_1", "CREATE_TIMESTAMP_LOG_2"})
CONDITIONS = {
    "conditionExpression",
    "condition",
    "loopCondition",
    "loopCardinality",
    "activationCondition",
    "completionCondition",
}
SCRIPTS = {
    "CREATE_LOG_FILE": "pass",
    "CREATE_MARKER_FILE": "pass",
    "SET_STRING_DATA": "data = 'String'",
    "LOG_DATA": f"{LOGGED} = 'DATA_correct' if data == 'String' else 'DATA_wrong'",
    "INCREMENT_INTEGER_VARIABLE": "integerVariable = integerVariable + 1",
    "INCREMENT_INTEGER_VARIABLE_AND_LOG": "integerVariable = integerVariable + 1",
    "THROW_ERROR": "raise BpmnError('ERR_CODE')",
}
TRACED = {"CREATE_MARKER_FILE": "MARKER_exists", "INCREMENT_INTEGER_VARIABLE_AND_LOG": "INCREMENT_correct"}


@dataclass
class Model:
    """``xml`` is what is deployed; ``tokens`` are what each script element stands for."""

    xml: bytes
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])

    def traced(self, element: str) -> list[str]:
        """What the completion of the element adds to the trace."""
        return [
            TRACED.get(token, token)
            for token in self.tokens.get(element, ())
            if token in TRACED or token.startswith("SCRIPT_")
        ]

    def stamped(self) -> list[str]:
        """The elements that write down when they began and ended."""
        return [e for e, tokens in self.tokens.items() if any(t.startswith("CREATE_TIMESTAMP_LOG") for t in tokens)]


def translate(data: bytes) -> Model:
    root = etree.XML(data)
    model = Model(b"")
    for element in list(_elements(root)):
        name = etree.QName(element).localname
        if name in ("scriptTask", "globalScriptTask"):
            _script(element, model)
        elif name in CONDITIONS:
            _condition(element)
    model.xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return model


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def _script(element: etree._Element, model: Model) -> None:
    holder = element.find(f"{{{BPMN}}}script")
    if holder is None or not (holder.text or "").strip():
        return
    tokens = tuple(token.strip() for token in (holder.text or "").split(","))
    model.tokens[element.get("id", "")] = tokens
    if WAITING.intersection(tokens):
        element.tag = f"{{{BPMN}}}serviceTask"
        element.attrib.pop("scriptFormat", None)
        element.set(f"{{{CAMUNDA}}}type", "external")
        element.set(f"{{{CAMUNDA}}}topic", TOPIC)
        element.remove(holder)
    else:
        holder.text = "\n".join(_python(token) for token in tokens)


def _python(token: str) -> str:
    return "pass" if token.startswith("SCRIPT_") else SCRIPTS[token]


def _condition(element: etree._Element) -> None:
    text = (element.text or "").strip()
    if text and "${" not in text:
        element.text = f"${{{text.removesuffix('>')}}}"
