"""Plugins: marketplaces and installations, written by POST and read as lists."""

import pytest

from support.azure import Json, LocalAzure

BASE = "/api/v2/plugins"


@pytest.mark.parametrize("collection", ["marketplaces", "installations"])
def test_what_is_posted_is_listed(azure: LocalAzure, collection: str) -> None:
    """A second one of the name stands in for the first; there is no way to read or delete one alone."""
    agent = azure.agent()
    for version in ("1", "2"):
        item = {"metadata": {"name": "contoso"}, "spec": {"version": version}}
        assert azure.data("POST", agent, f"{BASE}/{collection}", item).json() == item

    assert azure.data("GET", agent, f"{BASE}/{collection}").json() == {"value": [item], "nextLink": None}
    assert (
        azure.data("GET", agent, f"{BASE}/{collection}/contoso").headers["content-type"].startswith("text/")
    )
    assert azure.data("DELETE", agent, f"{BASE}/{collection}/contoso").status_code == 405


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

    assert azure.data("POST", agent, f"{BASE}/install-direct", body).status_code == 204
    listed = azure.data("GET", agent, f"{BASE}/installations").json()["value"]
    assert listed == [{"metadata": {"name": name}, "spec": {"sourceUrl": source, "pathInRepo": path}}]


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
