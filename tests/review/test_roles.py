"""Roles that are given and taken: by their names, to whom, and none where all is made anew."""

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.changes import UNKNOWN
from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text
from support.previews import CONTRIBUTOR, GROUP, ROLE, preview, step

AGENT = {
    "name": "shop",
    "location": "swedencentral",
    "action_configuration": {"mode": "Review", "access_level": "Low"},
    "knowledge_graph_configuration": {"managed_resources": [GROUP]},
}
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"


def test_a_role_is_given_to_an_identity_of_the_stack_by_its_name() -> None:
    """Whether it is there already or made by the same deployment; the agent's own identity, too."""
    role = {**ROLE, "role": CONTRIBUTOR}
    identity = {"resourceName": "id-shop"}
    there = step(IDENTITY, identity, identity, op="same", outputs={"principalId": "p-1"})
    agents_own = step("Agent", AGENT, AGENT, op="same", outputs={"system_assigned_principal_id": "p-1"})
    new = step(IDENTITY, None, identity)
    of_new = step(
        "RoleAssignment",
        None,
        {**role, "principal_id": UNKNOWN},
        name="two",
        dependencies={"principal_id": [new["urn"]]},
    )

    for steps, name in (
        ((there, step("RoleAssignment", None, role, name="two")), "identity `id-shop`"),
        ((agents_own, step("RoleAssignment", None, role, name="two")), "system identity of the agent `shop`"),
        ((new, of_new), "identity `id-shop`"),
        ((there, step("RoleAssignment", role, None, name="two")), "identity `id-shop`"),
    ):
        (finding,) = reports.make(previews.read(preview(*steps))).findings
        assert finding.sentence.startswith(f"The {name} would ")


def test_changes_name_a_role_in_the_place_of_its_id() -> None:
    by_id = {"roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"}
    other = {**ROLE, "role": "a-role-of-their-own"}
    report = reports.make(
        previews.read(
            preview(
                step("RoleAssignment", other, {**ROLE, "role": CONTRIBUTOR}, op="replace"),
                step("azure-native:authorization:RoleAssignment", None, by_id, name="two"),
            )
        )
    )

    for form in (plain_text, markdown, html):
        text = form.render(report)
        assert "a-role-of-their-own" in text
        assert CONTRIBUTOR not in text
    assert CONTRIBUTOR in json_format.render(report)  # a program gets what stands in the state


def test_what_only_stands_on_something_new_is_given_and_taken_by_nobody() -> None:
    """A region that changes replaces groups and identities, and with them each role: the same as before."""
    role = {**ROLE, "role": CONTRIBUTOR}
    moved = {
        **AGENT,
        "location": "eastus2",
        "knowledge_graph_configuration": {"managed_resources": [UNKNOWN]},
    }
    text = preview(
        step("Agent", AGENT, moved, op="replace"),
        step("RoleAssignment", role, {**role, "scope": UNKNOWN, "principal_id": UNKNOWN}, op="replace"),
    )
    report = reports.make(previews.read(text))

    assert [finding.rule.id for finding in report.findings] == ["agent-lost"]
    assert "made anew because of `location`: its threads" in report.findings[0].sentence
    assert report.sections == ()  # nothing is left out of this preview that something could follow from


def test_another_role_is_given_and_the_old_one_taken() -> None:
    change = step("RoleAssignment", {**ROLE, "role": "x"}, {**ROLE, "role": CONTRIBUTOR}, op="replace")

    found = [finding.rule.id for finding in reports.make(previews.read(preview(change))).findings]
    assert found == ["role-granted", "role-removed"]
