"""
Figures drawn natively, and read where they cannot be drawn.
"""

import pytest

from adapters.feishu.render import card_content, render_card
from cards.model import Card, Chart, Point
from tests.adapters.feishu.feishu_rig import seal

FIGURES = (Point("报备", 3, "3 家"), Point("审批通过", 1.5, "1.5 家"))


def draw(*elements):
    face = render_card(Card("日报", elements=elements), seal, in_group=False)
    return face["body"]["elements"], card_content(face)


@pytest.mark.parametrize(
    ("kind", "axes"),
    [
        ("bar", {"xField": "label", "yField": "value"}),
        ("line", {"xField": "label", "yField": "value"}),
        ("pie", {"categoryField": "label", "valueField": "value"}),
        ("funnel", {"categoryField": "label", "valueField": "value", "isTransform": True}),
    ],
)
def test_figures_are_a_native_chart(kind, axes):
    ((chart,), _) = draw(Chart(kind, FIGURES))

    spec = chart["chart_spec"]
    assert (kind, axes) == (spec["type"], {name: spec.get(name) for name in axes})
    assert [{"label": "报备", "value": 3}, {"label": "审批通过", "value": 1.5}] == spec["data"]["values"]


def test_several_series_are_told_apart():
    points = (Point("十月", 1, "1 万", series="目标"), Point("十月", 2, "2 万", series="实际"))
    ((chart,), _) = draw(Chart("line", points))

    assert ("series", ["目标", "实际"]) == (
        chart["chart_spec"]["seriesField"],
        [value["series"] for value in chart["chart_spec"]["data"]["values"]],
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_figures_that_cannot_be_drawn_are_read(value):
    (element,), content = draw(Chart("bar", (Point("报备", value, "很多"),)))

    assert "chart" != element["tag"]
    assert "很多" in content


def test_more_charts_than_feishu_draws_are_read():
    elements, content = draw(*[Chart("bar", FIGURES)] * 7)

    assert (5, 2) == ([element["tag"] for element in elements].count("chart"), content.count("审批通过</font>"))


def test_a_chart_without_figures_is_nothing():
    assert [] == draw(Chart("bar", ()))[0]
