"""The runner of the DMN compatibility kit, on a kit of two tests."""

from __future__ import annotations

from pathlib import Path

from tests.conformance import dmn

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="n" name="m">
<inputData id="x" name="x"><variable name="x" typeRef="number"/></inputData>
<decision id="a" name="twice"><variable name="twice"/>
  <informationRequirement><requiredInput href="#x"/></informationRequirement>
  <literalExpression><text>x * 2</text></literalExpression></decision>
<decision id="b" name="bad"><variable name="bad"/><literalExpression><text>abs()</text></literalExpression></decision>
</definitions>"""
CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>m.dmn</modelName>
<testCase id="1"><inputNode name="x"><value xsi:type="xsd:decimal">2.5</value></inputNode>
  <resultNode name="twice"><expected><value xsi:type="xsd:decimal">5</value></expected></resultNode></testCase>
<testCase id="2"><inputNode name="x"><value xsi:type="xsd:decimal">1</value></inputNode>
  <resultNode name="twice"><expected><value xsi:type="xsd:decimal">3</value></expected></resultNode></testCase>
<testCase id="3">
  <resultNode name="bad" errorResult="true"><expected><value xsi:nil="true"/></expected></resultNode></testCase>
<testCase id="4">
  <resultNode name="bad"><expected><value xsi:type="xsd:string">a</value></expected></resultNode></testCase>
</testCases>"""


def test_a_refusal_is_right_only_where_null_or_an_error_is_expected(tmp_path: Path) -> None:
    for level in dmn.LEVELS:
        (tmp_path / level / "0001-first").mkdir(parents=True)
    folder = tmp_path / dmn.LEVELS[0] / "0001-first"
    (folder / "m.dmn").write_text(MODEL)
    (folder / "m-test-01.xml").write_text(CASES)

    outcomes = dmn.run(tmp_path)

    assert [outcome.right for outcome in outcomes] == [True, False, True, False]
    assert (outcomes[1].expected, outcomes[1].found) == (3, 2)


def test_values_are_compared_as_the_kit_means_them() -> None:
    assert dmn.is_same(0.1, 0.1000000001)
    assert dmn.is_same([1, {"a": "b"}], [1.0, {"a": "b"}])
    assert not dmn.is_same(True, 1)
    assert not dmn.is_same(None, [])
