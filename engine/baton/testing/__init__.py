"""Test processes with pytest::

    def test_an_order_is_shipped(engine: TestEngine) -> None:
        engine.deploy("order.bpmn")
        engine.run(workers=[workers])
        order = engine.start("order", {"amount": 49})
        order.assert_ended("completed")

The fixtures ``engine`` and ``clock`` come with the installed package.
"""

import gc

# Loading makes a million objects that stay: looked through meanwhile, they take a fifth longer; later, each collection.
_was_enabled = gc.isenabled()
gc.disable()
try:
    from baton.testing.clock import TestClock
    from baton.testing.engine import TestEngine
    from baton.testing.instance import TestInstance
    from baton.testing.scenario import Scenario, list_scenarios, read_scenario
    from baton.testing.tasks import make_task
finally:
    gc.freeze()
    if _was_enabled:
        gc.enable()

__all__ = ["Scenario", "TestClock", "TestEngine", "TestInstance", "list_scenarios", "make_task", "read_scenario"]
