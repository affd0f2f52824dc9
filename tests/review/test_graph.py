"""Pictures of agents: what is drawn, what a change marks, and that each format stands alone."""

from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.changes import UNKNOWN
from pulumi_sre_agent.review.formats import html as report_html
from pulumi_sre_agent.review.graph import html, mermaid, svg
from pulumi_sre_agent.review.graph.build import graph_of, graph_of_preview
from pulumi_sre_agent.review.graph.graph import Graph, Panel, State
from pulumi_sre_agent.review.graph.layout import WIDTH, height_of, place_panel
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item
from support.previews import preview, step
from support.site import ROOT

GROUP = "/subscriptions/s/resourceGroups/rg-shop"
URN = "urn:pulumi:prod::shop::sre:index:Agent$x::shop"
PLAN = {
    "incident_platform": "AzMonitor",
    "priorities": ["Sev0"],
    "handling_agent": "responder",
    "agent_mode": "Review",
}
ROLE = {"role": "Reader", "scope": GROUP, "principal_type": "ServicePrincipal"}
PERSON = {"role": "SRE Agent Reader", "scope": "x", "principal_type": "Group", "principal_id": "g-1"}


def item(kind: str, name: str, **properties: Any) -> Item:
    return Item(kind=kind, name=name, properties=properties, urn=f"{URN}-{name}")


ITEMS = (
    item("IncidentPlatform", "", type="AzMonitor"),
    item("IncidentFilter", "down", **PLAN),
    item("IncidentFilter", "paged", **{**PLAN, "incident_platform": "PagerDuty"}),
    item("ScheduledTask", "nightly", cron_expression="0 6 * * *", is_enabled=False),
    item(
        "Subagent", "responder", tools=["failures", "ops/*"], allowed_skills=["triage"], handoffs=["writer"]
    ),
    item("Subagent", "writer"),
    item("Skill", "triage", tools=["failures"]),
    item("Tool", "failures", type="KustoTool", connector="logs"),
    item("Connector", "logs", data_connector_type="Kusto"),
    item("Connector", "ops", data_connector_type="Mcp"),
    item("Repo", "code"),
    item("Hook", "gate"),
)
AROUND = (
    item("azure-native:managedidentity:UserAssignedIdentity", "id-shop"),
    item("azure-native:network:VirtualNetwork", "vnet-shop"),
    item("azure-native:applicationinsights:Component", "appi-shop"),
    item("azure-native:monitor:MetricAlert", "slow", severity=0),
    replace(item("RoleAssignment", "", **ROLE), urn=f"{URN}-access-reader"),
    replace(item("RoleAssignment", "", **ROLE), urn=f"{URN}-system-access-reader"),
    item("RoleAssignment", "", **PERSON),
    item("azure-native:monitor:MetricAlert", "late", severity=3),
    item("azure-native:monitor:MetricAlert", "old", severity=0, enabled=False),
)
SHOP = Agent(
    name="shop",
    urn=URN,
    properties={
        "action_configuration": {"mode": "Review", "access_level": "Low"},
        "knowledge_graph_configuration": {"managed_resources": [GROUP]},
        "sandbox_configuration": {"egress": {"mode": "Limited", "allowed_hosts": ["a", "b"]}},
        "vnet_configuration": {
            "subnet_resource_id": f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
        },
    },
    items=ITEMS,
)


@pytest.fixture(scope="module")
def shop() -> Graph:
    return graph_of(Inventory(agents=(SHOP,), surroundings=AROUND), "shop/prod")


def arrows(graph: Graph, panel: Panel) -> set[str]:
    names = {node.key: f"{node.kind} {node.name}" for node in graph.nodes}
    return {f"{names[edge.source]} > {names[edge.target]}" for edge in graph.within(panel)}


def test_who_starts_and_names_whom(shop: Graph) -> None:
    """A plan of another platform is there, and nothing comes to it; the agent is led to what nobody names."""
    assert arrows(shop, Panel.WORK) == {
        "incident platform AzMonitor > plan down",
        "alert rule slow > plan down",
        "plan down > subagent responder",
        "plan paged > subagent responder",
        "task nightly > agent shop",
        "subagent responder > subagent writer",
        "subagent responder > skill triage",
        "subagent responder > tool failures",
        "subagent responder > connector ops",
        "skill triage > tool failures",
        "tool failures > connector logs",
        "agent shop > repository code",
    }


def test_alert_rules_say_how_grave_they_are_and_where_no_plan_takes_them(shop: Graph) -> None:
    rules = {node.name: node.detail for node in shop.nodes if node.kind == "alert rule"}

    assert rules == {"slow": "Sev0", "late": "Sev3 · no plan", "old": "Sev0 · off"}


def test_a_plan_that_may_take_an_alert_is_led_to_by_a_dotted_arrow() -> None:
    """Only the deployment will know what the rule looks at; without Azure Monitor no rule is drawn."""
    rule = item("azure-native:monitor:MetricAlert", "slow", severity=0, scopes=[UNKNOWN])
    filter_ = {**PLAN, "az_monitor_filter_settings": {"target_resource": GROUP}}
    platform = item("IncidentPlatform", "", type="AzMonitor")
    agent = replace(SHOP, items=(platform, item("IncidentFilter", "down", **filter_)))
    graph = graph_of(Inventory(agents=(agent,), surroundings=(rule,)), "shop/prod")

    assert {edge.label for edge in graph.edges if edge.source.startswith("alert/")} == {"perhaps"}
    assert "perhaps, for not everything is known yet" in svg.render(graph)
    assert "-.->|perhaps|" in mermaid.render(graph)

    paged = replace(SHOP, items=(item("IncidentPlatform", "", type="PagerDuty"),))
    without = graph_of(Inventory(agents=(paged,), surroundings=(rule,)), "shop/prod")
    assert ("MetricAlert", 1) in without.left_out


def test_who_uses_it_as_whom_it_acts_and_where(shop: Graph) -> None:
    assert arrows(shop, Panel.PLACE) == {
        "group Reader > agent shop",
        "agent shop > user-assigned identity id-shop",
        "agent shop > virtual network vnet-shop",
        "agent shop > Application Insights appi-shop",
        "agent shop > network egress Limited",
        "agent shop > subnet virtualNetworks/v/subnets/s in resource group rg-shop",
        "agent shop > identity system identity",
        "agent shop > resource group rg-shop",
        "user-assigned identity id-shop > role Reader",
        "identity system identity > role Reader",
        "role Reader > resource group rg-shop",
    }


def test_what_matters_of_each_is_said_and_what_is_not_drawn_is_counted(shop: Graph) -> None:
    details = {node.name: node.detail for node in shop.nodes}

    assert details["down"] == "Review · Sev0"
    assert details["nightly"] == "off · 0 6 * * *"
    assert details["responder"] == "2 tools"
    assert details["shop"] == "Review · access Low"
    assert details["egress Limited"] == "2 allowed hosts"
    assert shop.left_out == (("Hook", 1),)


def test_boxes_lie_apart_and_arrows_end_at_them(shop: Graph) -> None:
    for panel in Panel:
        layout = place_panel(shop.of(panel), shop.within(panel))
        for one, other in combinations(layout.boxes, 2):
            apart = abs(one.x - other.x) >= WIDTH
            assert apart or min(one.y, other.y) + height_of(one.node) <= max(one.y, other.y)
        places = {box.node.key: (box.x, box.y + height_of(box.node) / 2) for box in layout.boxes}
        for path in layout.paths:
            (x, y), (end_x, end_y) = places[path.edge.source], places[path.edge.target]
            assert path.points[0] == (x + WIDTH, y)
            assert path.points[-1] == (end_x + (WIDTH if end_x == x else 0), end_y)
        assert max(box.y + height_of(box.node) for box in layout.boxes) <= layout.height


AGENT = {"name": "shop", "incident_management_configuration": {"type": "AzMonitor"}}
STEPS = (
    step("Agent", AGENT, AGENT, op="same", name="shop"),
    step("IncidentFilter", {"name": "down", **PLAN}, {"name": "down", **PLAN, "agent_mode": "Autonomous"}),
    step("ScheduledTask", {"name": "nightly", "cron_expression": "0 6 * * *"}, None),
    step("Tool", None, {"name": "restart", "type": "PythonTool"}),
    step("Skill", {"name": "triage"}, {"name": "triage", "description": "Other."}),
    step("Connector", {"name": "logs"}, {"name": "logs"}, op="same"),
)


@pytest.fixture(scope="module")
def change() -> Graph:
    return graph_of_preview(previews.read(preview(*STEPS)))


def test_the_most_that_an_agent_can_say_of_itself_fits_its_box() -> None:
    """And of what was before, what is no longer so."""
    low = {"name": "shop", "action_configuration": {"mode": "Review", "access_level": "Low"}}
    high = {"name": "shop", "action_configuration": {"mode": "Review", "access_level": "High"}}
    drawn = svg.render(graph_of_preview(previews.read(preview(step("Agent", low, high)))))

    assert ">agent · Review · access High<" in drawn
    assert ">± was access Low<" in drawn


def test_what_a_preview_changes_is_marked(change: Graph) -> None:
    """Also what is drawn the same before and after."""
    assert {node.name: node.badge for node in change.of(Panel.WORK)} == {
        "shop": "",
        "AzMonitor": "",
        "down": "± was Review",
        "nightly": "- gone",
        "restart": "+ new",
        "triage": "± changed",
        "logs": "",
    }
    assert {edge.state for edge in change.edges if "restart" in edge.target} == {State.ADDED}


def test_svg_marks_by_words_and_frames_and_loads_nothing(change: Graph) -> None:
    text = svg.render(change)
    root = ET.fromstring(text)

    classes = {element.get("class") for element in root.iter() if element.get("class")}
    assert {"added", "removed", "changed", "wire added", "wire removed"} <= classes
    assert {"+ new", "- gone", "± was Review"} <= {element.text for element in root.iter()}
    assert "href" not in text
    assert "url(" not in text.replace("url(#head-", "")


def test_mermaid_marks_by_words_and_arrows(change: Graph) -> None:
    lines = mermaid.render(change).splitlines()

    assert lines[:4] == ["---", 'title: "shop/prod"', "---", "flowchart LR"]
    (tool,) = [line.split("[")[0].strip() for line in lines if "restart<br>tool" in line]
    assert any(line.endswith(f"==>|new| {tool}") for line in lines)
    assert f"  class {tool} added" in lines


@pytest.mark.parametrize(
    "name", ['"]; click x', "`a`", "a --> b", "<script>alert(1)</script>", "\x00\ud800end"]
)
def test_no_name_becomes_markup(name: str) -> None:
    agent = Agent(name="shop", properties={}, items=(item("Tool", name),))
    graph = graph_of(Inventory(agents=(agent,)), name)

    assert ET.fromstring(svg.render(graph)) is not None
    assert "<script" not in html.render(graph)
    for line in mermaid.render(graph).splitlines():
        assert line.count('"') in (0, 2)
        assert "`" not in line
        assert "<script" not in line


class Page(HTMLParser):
    """Collects what a page would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [name for name, _ in attrs if name in ("src", "href")] + [tag] * (tag == "script")


def test_a_page_says_the_same_in_words(change: Graph) -> None:
    page = html.render(change)

    assert Page(page).loaded == []
    assert "<li><code>down</code>: plan · Autonomous · Sev0, ± was Review<" in page
    assert "<summary>What changes (4)</summary>" in page


def test_a_report_has_a_picture_where_something_drawn_changes() -> None:
    with_one = report_html.render(reports.make(previews.read(preview(*STEPS))))
    prompt = step("CommonPrompt", {"name": "a", "prompt": "x"}, {"name": "a", "prompt": "y"})
    without = report_html.render(reports.make(previews.read(preview(STEPS[0], prompt))))

    assert "<summary>Picture of what changes</summary>" in with_one
    assert "Picture of what changes" not in without


def test_a_preview_that_leaves_something_out_says_so() -> None:
    assert "The preview leaves out what stays the same" in svg.render(
        graph_of_preview(previews.read(preview(STEPS[1])))
    )


def test_each_agent_of_a_fleet_has_what_bears_its_name() -> None:
    agents = tuple(
        replace(SHOP, name=name, urn=f"urn:pulumi:prod::shop::x::{name}", items=()) for name in ("one", "two")
    )
    identity = replace(AROUND[0], name="id-one", urn="urn:pulumi:prod::shop::x::one-identity")
    graph = graph_of(Inventory(agents=agents, surroundings=(identity,)), "shop/prod")

    assert [arrow for arrow in arrows(graph, Panel.PLACE) if "id-one" in arrow] == [
        "agent one > user-assigned identity id-one"
    ]


def test_roles_without_an_identity_of_the_stack_go_to_the_one_that_the_agent_acts_as() -> None:
    acts = {"action_configuration": {"identity": f"{GROUP}/providers/x/y/id-given"}}
    graph = graph_of(Inventory(agents=(replace(SHOP, properties=acts),), surroundings=(AROUND[4],)), "shop")

    assert "user-assigned identity id-given > role Reader" in arrows(graph, Panel.PLACE)


def test_the_picture_of_the_readme_is_drawn_as_others_are() -> None:
    """Made by `sre-agent graph --diff`; whoever changes the style makes it anew (docs/how-to/graph.md)."""
    assert svg.STYLE in (ROOT / "docs/assets/graph.svg").read_text(encoding="utf-8")
