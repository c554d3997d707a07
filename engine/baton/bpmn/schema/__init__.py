"""The element types of BPMN 2.0 as tables, and how a document is checked against them."""
