"""Which name a throwing link and its catching link share: what they are called, or whom their references name."""

from __future__ import annotations

from collections import Counter

from baton.bpmn.element import Element


class Links:
    """The link event definitions of one document; ``ids`` are its elements by id.

    By the standard a throwing link names its ``target``, and the catching one each ``source`` (clause 10.5.5). Most
    tools write only names, which must then be the same.
    """

    def __init__(self, ids: dict[str, Element]) -> None:
        found = [element for element in ids.values() if element.is_bpmn("linkEventDefinition")]
        self._target_of: dict[str, Element] = {}
        for element in found:
            for source in element.get_refs("source"):
                self._target_of.setdefault(source, element)
        for element in found:
            target = ids.get(element.get_ref("target") or "")
            if element.id and target is not None and target.is_bpmn("linkEventDefinition"):
                self._target_of[element.id] = target
        paired = {id(target) for target in self._target_of.values()}
        self._catching = Counter(element.get("name") for element in found if id(element) in paired)

    def get_name(self, element: Element) -> str | None:
        """The name of a link: a throwing one that refers to its target has the target's."""
        target = self._target_of.get(element.id or "")
        if target is not None:
            return self._get_own_name(target)
        return self._get_own_name(element)

    def _get_own_name(self, element: Element) -> str | None:
        """Two catching links of one name that references distinguish are named by their ids."""
        name = element.get("name")
        return element.id if name is None or self._catching[name] > 1 else name
