from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from baton.expression import ExpressionError
from baton.expression.scripts import (
    BpmnErrorRaised,
    FullPythonRunner,
    LocalScriptRunner,
    SandboxScriptRunner,
    ScriptLimits,
    ScriptRunner,
    check_script,
    is_supported_language,
)
from baton.model.attributes import Script
from baton.model.values import FileValue, Value
from tests.programs import require_program

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ScriptRunner]:
    runner = SandboxScriptRunner(ScriptLimits(seconds=1, memory=50_000_000))
    yield runner
    runner.close()


@pytest.fixture(params=["sandbox", "local", "full"])
def runner(request: pytest.FixtureRequest, sandbox: ScriptRunner) -> ScriptRunner:
    """Every way to run a script keeps the same promises."""
    runners: dict[str, ScriptRunner] = {"sandbox": sandbox, "local": LocalScriptRunner(), "full": FullPythonRunner()}
    return runners[request.param]


@pytest.mark.parametrize(
    ("source", "variables", "changed", "result"),
    [
        ("x + 1", {"x": 1}, {}, 2),
        ("y = x * 2\nz = [y]", {"x": 1}, {"y": 2, "z": [2]}, None),
        ("xs.append(3)\nlen(xs)", {"xs": [1]}, {"xs": [1, 3]}, 2),
        ("x = 1", {"x": 1}, {}, None),
        ("x = True", {"x": 1}, {"x": True}, None),
        ("def double(n):\n    return 2 * n\ny = double(4)", {}, {"y": 8}, None),
        ("_hidden = 1\nshown = 2", {}, {"shown": 2}, None),
        ("    a = 1\n    b = (a, {2: 3})", {}, {"a": 1, "b": [1, {"2": 3}]}, None),
        ("d = when", {"when": NOW}, {"d": NOW}, None),
        ("raw", {"raw": b"\x00\x01"}, {}, b"\x00\x01"),
        ("o['k'] = 1\no", {"o": {"a": None}}, {"o": {"a": None, "k": 1}}, {"a": None, "k": 1}),
        ("try:\n    BpmnError('A')\nexcept Exception:\n    y = 1", {}, {"y": 1}, None),
        ("", {}, {}, None),
    ],
)
def test_a_script_changes_variables_and_its_last_expression_is_the_result(
    runner: ScriptRunner, source: str, variables: dict[str, Value], changed: dict[str, Value], result: Value
) -> None:
    done = runner.run(Script(source, "python"), variables)

    assert dict(done.variables_set) == changed
    assert done.result == result


def test_a_script_never_changes_the_variables_it_was_given(runner: ScriptRunner) -> None:
    variables: dict[str, Value] = {"xs": [1]}

    runner.run(Script("xs.append(2)"), variables)

    assert variables == {"xs": [1]}


def test_a_script_raises_a_bpmn_error(runner: ScriptRunner) -> None:
    with pytest.raises(BpmnErrorRaised) as caught:
        runner.run(Script("raise BpmnError('OUT_OF_STOCK', 'none left')"), {})

    assert (caught.value.code, caught.value.message) == ("OUT_OF_STOCK", "none left")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\nraise ValueError('broken')", "broken (line 2)"),
        ("y = 1\n1 +", "line 2"),
        ("nothing", "nothing"),
        ("BpmnError()", "error code"),
        ("x = float('inf')", "plain data"),
    ],
)
def test_a_failing_script_says_why_and_where(runner: ScriptRunner, source: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        runner.run(Script(source), {})

    assert words in str(caught.value)


@pytest.mark.parametrize(
    "name", ["list", "dict", "type", "str", "locals", "isinstance", "sum", "BpmnError", "datetime"]
)
def test_a_variable_may_have_the_name_of_a_function_of_python(runner: ScriptRunner, name: str) -> None:
    script = Script(f"before = {name}\n{name} = [before]\n{name}[0]")

    done = runner.run(script, {name: 7})

    assert (dict(done.variables_set), done.result) == ({"before": 7, name: [7]}, 7)


@pytest.mark.parametrize("name", ["list", "bool", "int"])
def test_a_script_may_make_a_variable_with_the_name_of_a_function(runner: ScriptRunner, name: str) -> None:
    assert dict(runner.run(Script(f"{name} = 1\nother = 2"), {}).variables_set) == {name: 1, "other": 2}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("total = sum([1, 2])", {"total": 3}),
        ("sum = sum([1, 2])", {"sum": 3}),
        ("if False:\n    sum = 1\ntotal = sum([4])", {"total": 4}),
        ("def add(items):\n    return sum(items)\ntotal = add([5])", {"total": 5}),
    ],
)
def test_a_function_that_is_only_called_is_meant_whatever_variable_has_its_name(
    runner: ScriptRunner, source: str, expected: dict[str, Value]
) -> None:
    assert dict(runner.run(Script(source), {"sum": 9}).variables_set) == expected


def test_a_variable_with_the_name_of_the_bpmn_error_is_in_no_errors_way(runner: ScriptRunner) -> None:
    with pytest.raises(BpmnErrorRaised):
        runner.run(Script("raise BpmnError('no-room')"), {"BpmnError": "no-room"})


@pytest.mark.parametrize("source", ["total = sum([sum])", "sum += 1\ntotal = sum([1])"])
def test_a_function_that_a_variable_hides_is_named_where_it_is_called(runner: ScriptRunner, source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        runner.run(Script(source), {"sum": 4, "total": 1})

    assert "a variable of the same name hides the function 'sum' here" in str(caught.value)


def test_a_variable_with_the_name_of_a_keyword_is_in_no_scripts_way(runner: ScriptRunner) -> None:
    script = Script("x = None is None  # of this class")

    assert dict(runner.run(script, {"None": 1, "class": 2, "is": 3}).variables_set) == {"x": True}


def test_feel_and_juel_scripts_run_in_place(runner: ScriptRunner) -> None:
    assert runner.run(Script("=x + 1", "feel"), {"x": 1}).result == 2
    assert runner.run(Script("${x + 1}", "juel"), {"x": 1}).result == 2
    assert runner.run(Script("=now()", "feel"), {}, context={"now": NOW}).result == NOW


def test_the_clock_of_a_script_stands_at_the_moment_of_the_turn(sandbox: ScriptRunner) -> None:
    script = Script("import datetime\ndatetime.datetime.now()")

    assert sandbox.run(script, {}, context={"now": NOW}).result == NOW


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("while True:\n    pass", "time limit"),
        ("x = 'a' * 10**9", "memory limit"),
        ("def f():\n    return f()\nf()", "recursion"),
        ("open('/etc/passwd').read()", "denied"),
        ("import os\nos.system('ls')", "system"),
        ("import socket", "socket"),
        ("().__class__.__bases__[0].__subclasses__()", "attribute"),
        ("import subprocess", "subprocess"),
    ],
)
def test_the_sandbox_contains_what_a_script_must_not_do(sandbox: ScriptRunner, source: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        sandbox.run(Script(source), {})

    assert words in str(caught.value)
    assert sandbox.run(Script("1 + 1"), {}).result == 2


def test_many_threads_share_the_workers(sandbox: ScriptRunner) -> None:
    results: list[Value] = []

    def work(number: int) -> None:
        results.append(sandbox.run(Script("n * 2"), {"n": number}).result)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(map(int, results)) == [2 * n for n in range(20)]  # type: ignore[arg-type]


def test_a_script_that_runs_long_does_not_stop_the_greenlets() -> None:
    """In a process patched by gevent the work is done in a real thread."""
    program = """
from gevent import monkey; monkey.patch_all()
import gevent, time
from baton.expression.scripts import SandboxScriptRunner, ScriptLimits
from baton.model.definition import Script
ticks = 0
def tick():
    global ticks
    while True:
        gevent.sleep(0.01); ticks += 1
runner = SandboxScriptRunner(ScriptLimits(seconds=1))
runner.run(Script("1"), {})
ticker = gevent.spawn(tick)
try:
    runner.run(Script("while True: pass"), {})
except Exception as error:
    print(type(error).__name__, ticks > 20)
ticker.kill(); runner.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.split() == ["ExpressionError", "True"], done.stderr


def test_files_stay_outside() -> None:
    done = LocalScriptRunner().run(Script("x = 1\nf = 'mine'"), {"f": FileValue("a.txt", b"")})

    assert dict(done.variables_set) == {"x": 1, "f": "mine"}


def test_full_python_is_stopped_when_its_time_is_over() -> None:
    runner = FullPythonRunner(ScriptLimits(seconds=-4))
    started = time.perf_counter()

    with pytest.raises(ExpressionError, match="Expected the script to end"):
        runner.run(Script("while True: pass"), {})

    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("language", ["javascript", "groovy", "ruby", "js"])
def test_other_languages_are_refused_with_advice(language: str) -> None:
    assert not is_supported_language(language)
    with pytest.raises(ExpressionError, match="worker"):
        check_script(Script("1", language))


def test_a_script_is_checked_before_it_runs() -> None:
    assert all(is_supported_language(name) for name in ("", "python", "Python", "feel", "juel"))
    check_script(Script("x = 1\nx"))
    check_script(Script("=x", "feel"))
    with pytest.raises(ExpressionError, match=r"line 1, column"):
        check_script(Script("x ="))
    with pytest.raises(ExpressionError, match="Expected"):
        check_script(Script("=x +", "feel"))


def test_a_forked_process_runs_scripts_and_harms_nobody() -> None:
    """Neither the pool of the parent nor another of the same library may be used in the child."""
    program = """
import os
from baton.expression.scripts import SandboxScriptRunner, ScriptLimits
from baton.model.definition import Script
runner = SandboxScriptRunner(ScriptLimits(seconds=1))
print(runner.run(Script("import math\\nmath.floor(1)"), {}).result, flush=True)
child = os.fork()
if child == 0:
    print(runner.run(Script("import math\\nmath.floor(x) + 1"), {"x": 1}).result, flush=True)
    runner.close()
    own = SandboxScriptRunner(ScriptLimits(seconds=1))
    print(own.run(Script("import math\\nmath.floor(x) + 2"), {"x": 1}).result, flush=True)
    own.close()
    os._exit(0)
print(os.waitpid(child, 0)[1], runner.run(Script("import math\\nmath.floor(4)"), {}).result, flush=True)
runner.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.split() == ["1", "2", "3", "0", "4"], done.stderr


def test_a_worker_that_is_killed_is_replaced() -> None:
    require_program("ps")
    program = """
import contextlib, os, signal, subprocess
from baton.expression.scripts import SandboxScriptRunner
from baton.model.definition import Script
runner = SandboxScriptRunner()
print(runner.run(Script("1"), {}).result, flush=True)
found = subprocess.run(["ps", "-o", "pid=,ppid=", "-e"], capture_output=True, text=True).stdout.split()
children = [int(pid) for pid, parent in zip(found[::2], found[1::2]) if int(parent) == os.getpid()]
for child in children:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
results = []
while not results or results[-1] != 2:
    try:
        results.append(runner.run(Script("2"), {}).result)
    except Exception as error:
        results.append(type(error).__name__)
print(results[-1], len(results) < 4, flush=True)
runner.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.split() == ["1", "2", "True"], done.stderr


@pytest.mark.parametrize("source", ["f = 2 ** 70", "f = {'a': [2 ** 70]}", "f = (1, 2 ** 70)"])
def test_a_whole_number_beyond_64_bits_is_no_variable_of_a_script(runner: ScriptRunner, source: str) -> None:
    with pytest.raises(ExpressionError, match="at most 64 bits"):
        runner.run(Script(source, "python"), {})
