"""The XML namespaces that Baton knows."""

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DI = "http://www.omg.org/spec/DD/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
BATON = "https://baton-bpmn.org/schema/1.0/bpmn"

ALIASES = {
    "http://operaton.org/schema/1.0/bpmn": CAMUNDA,
    "http://activiti.org/bpmn": CAMUNDA,
}
"""Namespaces that mean the same words: Operaton's own, and the one that Camunda 7 itself reads as its own."""

FOREIGN_ENGINES = {
    "http://flowable.org/bpmn": "Flowable",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.omg.org/spec/BPMN/non-normative/extensions/drools": "jBPM",
}
"""Namespaces with which other engines say how to run a model; Baton does not read them, and says so."""

PREFIXES = {BPMN: "bpmn", CAMUNDA: "camunda", ZEEBE: "zeebe", SPIFF: "spiffworkflow", BATON: "baton"}
"""For messages: how people write the namespaces."""

TRUE = ("true", "1")
FALSE = ("false", "0")
"""How XML writes them."""
