"""Plugins: marketplaces, which are cloned, and installations, which bring skills."""

import pytest

from support.azure import Json, LocalAzure

BASE = "/api/v2/plugins"


def marketplace(azure: LocalAzure, agent: str, **spec: object) -> Json:
    item = {"metadata": {"name": "contoso"}, "spec": {"sourceUrl": "contoso/plugins", **spec}}
    answer = azure.data("POST", agent, f"{BASE}/marketplaces", item)
    assert answer.status_code == 201
    shown: Json = answer.json()
    return shown


def status(azure: LocalAzure, agent: str) -> str:
    shown = azure.data("GET", agent, f"{BASE}/marketplaces/contoso").json()["spec"]
    return str(shown["cloneStatus"])


def skills(azure: LocalAzure, agent: str) -> list[str]:
    listed = azure.data("GET", agent, "/api/v2/extendedAgent/skills").json()["value"]
    return [skill["name"] for skill in listed]


def test_what_is_posted_is_listed(azure: LocalAzure) -> None:
    """A second one of the name stands in for the first; PUT and PATCH change neither."""
    agent = azure.agent()
    for version in ("1", "2"):
        item = {"metadata": {"name": "contoso"}, "spec": {"version": version}}
        assert azure.data("POST", agent, f"{BASE}/installations", item).json() == item

    assert azure.data("GET", agent, f"{BASE}/installations").json() == {"value": [item], "nextLink": None}
    assert azure.data("GET", agent, f"{BASE}/installations/contoso").json() == item
    for method in ("PUT", "PATCH"):
        assert azure.data(method, agent, f"{BASE}/installations/contoso", item).status_code == 405
    assert azure.data("DELETE", agent, f"{BASE}/installations/contoso").status_code == 204
    assert azure.data("GET", agent, f"{BASE}/installations/contoso").status_code == 404


def test_a_marketplace_is_cloned(azure: LocalAzure) -> None:
    """It says so, shows no token, and installs nothing before (docs/reference/data-plane.md#plugins)."""
    agent = azure.agent()
    azure.switch(operationSeconds=30)
    shown = marketplace(azure, agent, credentials={"authMethod": "pat", "pat": "s3cret"})
    install = f"{BASE}/marketplaces/contoso/plugins/runbooks/install"

    assert shown["spec"]["credentials"] == {"authMethod": "pat", "pat": None}
    assert status(azure, agent) == "Cloning"
    assert azure.data("POST", agent, install).status_code == 400
    azure.switch(operationSeconds=0)
    marketplace(azure, agent)
    assert status(azure, agent) == "Ready"


@pytest.mark.parametrize(("query", "left"), [("", ["runbooks"]), ("?deleteInstallations=true", [])])
def test_a_marketplace_may_take_all_of_it_along(azure: LocalAzure, query: str, left: list[str]) -> None:
    """And they the skills that they brought."""
    agent = azure.agent()
    azure.switch(operationSeconds=0)
    marketplace(azure, agent)

    installed = azure.data("POST", agent, f"{BASE}/marketplaces/contoso/plugins/runbooks/install").json()
    assert installed["spec"] == {"marketplaceName": "contoso", "pluginName": "runbooks"}
    assert installed["importedSkills"] == [{"skillName": "runbooks"}]
    assert skills(azure, agent) == ["runbooks"]

    assert azure.data("DELETE", agent, f"{BASE}/marketplaces/contoso{query}").status_code == 204
    assert skills(azure, agent) == left


@pytest.mark.parametrize(
    ("source", "path", "name"),
    [
        ("contoso/runbooks", "", "runbooks"),
        ("https://github.com/contoso/runbooks.git", "", "runbooks"),
        ("contoso/plugins", "databases/postgres/", "postgres"),
    ],
)
def test_a_plugin_is_installed_straight_from_a_repository(
    azure: LocalAzure, source: str, path: str, name: str
) -> None:
    agent = azure.agent()
    body = {
        "sourceUrl": source,
        "pathInRepo": path,
        "credentials": {"authMethod": "pat", "pat": "s3cret"},
    }

    installed = azure.data("POST", agent, f"{BASE}/install-direct", body).json()
    listed = azure.data("GET", agent, f"{BASE}/installations").json()["value"]
    azure.switch(pluginCommits=False)
    (without,) = azure.data("GET", agent, f"{BASE}/installations").json()["value"]
    assert listed == [installed]
    assert without == {key: value for key, value in installed.items() if key != "commit"} != installed
    assert installed["metadata"] == {"name": name}
    assert installed["spec"] == {"sourceUrl": source, "pathInRepo": path}
    assert installed["importedSkills"] == [{"skillName": name}]


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("marketplaces", {}),
        ("marketplaces", {"metadata": {"name": ""}, "spec": {}}),
        ("installations", {"metadata": {"name": "a"}}),
        ("install-direct", {}),
        ("install-direct", {"sourceUrl": "a/b", "pathInRepo": None}),
        ("install-direct", {"sourceUrl": "a/b", "credentials": {"authMethod": "basic"}}),
        ("install-direct", {"sourceUrl": "a/b", "credentials": "s3cret"}),
    ],
)
def test_bodies_of_another_shape_are_refused(azure: LocalAzure, route: str, body: Json) -> None:
    assert azure.data("POST", azure.agent(), f"{BASE}/{route}", body).status_code == 400
