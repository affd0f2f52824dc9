"""Items through both planes: envelopes, names, lists, and a 405 that hides a success."""

import base64
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_sre_agent.api import KINDS, ApiError, ConfigError, Kind, NotFound, Plane, Unavailable
from pulumi_sre_agent.api.collections.collection import covers, decode_spec, encode_spec
from pulumi_sre_agent.api.kinds import COMMON_PROMPT, CONNECTOR, REPO, SKILL
from support.scripted import AGENT, Script, page, refused, reply

ENVELOPED = [kind for kind in KINDS if kind.envelope and kind.factory not in {"knowledge", "incidentFilter"}]
BOTH = [(kind, plane) for kind in ENVELOPED for plane in kind.planes]
IDS = [f"{kind.name}-{plane}" for kind, plane in BOTH]


def collection(kind: Kind, plane: Plane) -> str:
    return f"{AGENT}/{kind.control}" if plane == "control" else str(kind.data)


def store(script: Script, kind: Kind, plane: Plane) -> dict[str, Any]:
    """Serve a collection that keeps what it is sent."""
    kept: dict[str, Any] = {}
    at = collection(kind, plane)

    def put(request: httpx.Request) -> httpx.Response:
        name = request.url.path.removeprefix(f"{at}/")
        kept[name] = {"name": name, **json.loads(request.content)}
        return reply(200, kept[name])

    def get(request: httpx.Request) -> httpx.Response:
        name = request.url.path.removeprefix(f"{at}/")
        return reply(200, kept[name]) if name in kept else refused(404, "NotFound")

    def delete(request: httpx.Request) -> httpx.Response:
        return reply(204) if kept.pop(request.url.path.removeprefix(f"{at}/"), None) else refused(404)

    script.agent().on("PUT", f"{at}/", put).on("GET", f"{at}/", get).on("DELETE", f"{at}/", delete)
    if plane == "control":
        script.on("GET", f"{kind.data}$", reply(200, {"value": []}))
    script.on("GET", f"{at}$", lambda _: reply(200, {"value": list(kept.values()), "nextLink": None}))
    return kept


@pytest.mark.parametrize(("kind", "plane"), BOTH, ids=IDS)
def test_a_spec_comes_back_as_it_was_put(script: Script, kind: Kind, plane: Plane) -> None:
    spec = {"description": "Grüße", "tools": ["a"]}
    kept = store(script, kind, plane)
    with script.azure() as azure:
        items = azure.items(kind, AGENT, plane)
        with pytest.raises(NotFound):
            items.get("one")

        assert items.put("one", spec) == spec
        assert items.get("one") == spec
        assert items.list() == {"one": spec}
        items.delete("one")
        items.delete("one")
        assert items.list() == {}
        assert kept == {}


def test_arm_holds_base64_of_the_spec_with_its_name(script: Script) -> None:
    kept = store(script, SKILL, "control")
    with script.azure() as azure:
        azure.items(SKILL, AGENT, "control").put("triage", {"description": "d"})

    assert kept["triage"]["properties"].keys() == {"value"}
    assert json.loads(base64.b64decode(kept["triage"]["properties"]["value"])) == {
        "name": "triage",
        "description": "d",
    }


def test_arm_holds_connectors_as_plain_properties(script: Script) -> None:
    kept = store(script, CONNECTOR, "control")
    with script.azure() as azure:
        azure.items(CONNECTOR, AGENT, "control").put("kusto", {"dataConnectorType": "Kusto"})

    assert kept["kusto"]["properties"] == {"name": "kusto", "dataConnectorType": "Kusto"}


@pytest.mark.parametrize("kind", ENVELOPED, ids=lambda kind: kind.name)
def test_the_data_plane_holds_the_spec_in_a_typed_envelope(script: Script, kind: Kind) -> None:
    kept = store(script, kind, "data")
    with script.azure() as azure:
        azure.items(kind, AGENT, "data").put("one", {"a": 1})

    assert kept["one"] == {"name": "one", "type": kind.envelope, "tags": [], "properties": {"a": 1}}


def test_a_connector_is_waited_for_through_arm(script: Script) -> None:
    path = f"{AGENT}/connectors/kusto$"
    started = {"name": "kusto", "properties": {"provisioningState": "InProgress"}}
    settled = {"name": "kusto", "properties": {"name": "kusto", "provisioningState": "Succeeded"}}
    script.on("PUT", path, reply(201, started, azure_asyncoperation="/ops/1"))
    script.on("GET", "/ops/1", reply(200, {"status": "InProgress"}), reply(200, {"status": "Succeeded"}))
    script.on("GET", path, reply(200, settled))
    with script.azure() as azure:
        assert azure.items(CONNECTOR, AGENT, "control").put("kusto", {}) == {"provisioningState": "Succeeded"}


def test_a_list_follows_its_pages(script: Script) -> None:
    """Names in lists of ARM may carry the agent's before them."""
    first = {"value": [_arm("pay/one")], "nextLink": f"https://management.azure.com{AGENT}/skills?page=2"}
    script.on("GET", "/skills$", reply(200, first), reply(200, {"value": [_arm("two")]}))
    with script.azure() as azure:
        assert azure.items(SKILL, AGENT, "control").list() == {"one": {"a": 1}, "two": {"a": 1}}

    assert script.requests[1].url.query == b"page=2"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/next",
        "https://[evil.example]/next",
        "https://management.azure.com/next",
    ],
)
def test_a_page_elsewhere_is_not_followed(script: Script, link: str) -> None:
    """A next page on another host is refused; one that leads back to itself ends."""
    script.on("GET", "/skills$", reply(200, {"value": [], "nextLink": link}))
    script.on("GET", "/next$", reply(200, {"value": [], "nextLink": link}))
    with (
        script.azure() as azure,
        pytest.raises(Unavailable, match=r"not followed|no address|goes round in circles"),
    ):
        azure.items(SKILL, AGENT, "control").list()

    assert {request.url.host for request in script.requests} == {"management.azure.com"}


@pytest.mark.parametrize(
    "body",
    [
        [{"name": "a"}],
        *({member: [{"name": "a"}]} for member in ("value", "data", "values", "files", "insights")),
    ],
)
def test_every_shape_of_list_is_read(script: Script, body: Any) -> None:
    script.agent().on("GET", "/api/v1/x$", reply(200, body))
    with script.azure() as azure:
        assert list(azure.data_plane(AGENT).list("/api/v1/x", {"$top": "5"})) == [{"name": "a"}]


@pytest.mark.parametrize("body", [{}, {"value": "a"}, ["a"], "a"])
def test_what_is_no_list_is_refused(script: Script, body: Any) -> None:
    script.agent().on("GET", "/api/v1/x$", reply(200, body))
    with (
        script.azure() as azure,
        pytest.raises(Unavailable, match=r"^GET api/v1/x of agent pay was answered with.*not a list"),
    ):
        list(azure.data_plane(AGENT).list("/api/v1/x"))


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_is_no_path_segment_is_refused_unsent(script: Script, name: str) -> None:
    script.agent()
    with script.azure() as azure:
        items = azure.items(REPO, AGENT, "data")
        sent = len(script.requests)
        with pytest.raises(ConfigError, match="is not a name"):
            items.delete(name)

    assert len(script.requests) == sent


def test_a_name_stays_one_segment_whatever_is_in_it(script: Script) -> None:
    script.agent()
    with script.azure() as azure:
        azure.items(REPO, AGENT, "data").delete("a/../b?c#d%2F")

    assert script.requests[-1].url.raw_path == b"/api/v2/repos/a%2F..%2Fb%3Fc%23d%252F"


def test_a_kind_that_arm_lacks_is_refused(script: Script) -> None:
    with script.azure() as azure, pytest.raises(ConfigError, match='data plane only: set plane="data"'):
        azure.items(REPO, AGENT, "control")


def test_a_405_that_hid_a_success_is_found_out_by_reading(script: Script) -> None:
    stored = {"name": "r", "properties": {"url": "u", "cloneStatus": "NotStarted"}}
    script.agent().on("PUT", "/repos/r$", page(status=405)).on("GET", "/repos/r$", reply(200, stored))
    with script.azure() as azure:
        assert azure.items(REPO, AGENT, "data").put("r", {"url": "u"})["cloneStatus"] == "NotStarted"


@pytest.mark.parametrize("found", [reply(200, {"properties": {"url": "other"}}), refused(404)])
def test_a_405_that_hid_nothing_is_an_error(script: Script, found: Any) -> None:
    script.agent().on("PUT", "/repos/r$", refused(405)).on("GET", "/repos/r$", found)
    with script.azure() as azure, pytest.raises(ApiError, match=r"^PUT repos/r of agent pay .* 405"):
        azure.items(REPO, AGENT, "data").put("r", {"url": "u"})


def test_another_refusal_is_not_second_guessed(script: Script) -> None:
    script.agent().on("PUT", "/repos/r$", refused(400, "Bad"))
    with script.azure() as azure, pytest.raises(ApiError, match="400 Bad"):
        azure.items(REPO, AGENT, "data").put("r", {})

    assert script.calls[-1] == "PUT /api/v2/repos/r"


def test_a_put_that_says_nothing_is_read_back(script: Script) -> None:
    script.agent().on("PUT", "/commonprompts/p$", reply(202))
    script.on("GET", "/commonprompts/p$", reply(200, {"properties": {"prompt": "p"}}))
    with script.azure() as azure:
        assert azure.items(COMMON_PROMPT, AGENT, "data").put("p", {"prompt": "p"}) == {"prompt": "p"}


@pytest.mark.parametrize("answer", [reply(200, {"name": "s"}), reply(204)])
def test_an_answer_without_an_envelope_is_refused(script: Script, answer: Any) -> None:
    script.agent().on("GET", "/skills/s$", answer)
    with script.azure() as azure, pytest.raises(Unavailable, match="not a skill"):
        azure.items(SKILL, AGENT, "data").get("s")


@pytest.mark.parametrize(
    "value", ["!!", base64.b64encode(b"[1]").decode(), base64.b64encode(b"{").decode(), None]
)
def test_an_envelope_that_holds_no_spec_is_refused(script: Script, value: Any) -> None:
    script.on("GET", "/skills/s$", reply(200, {"name": "s", "properties": {"value": value}}))
    with (
        script.azure() as azure,
        pytest.raises(Unavailable, match="ARM holds a value for s that is not base64"),
    ):
        azure.items(SKILL, AGENT, "control").get("s")


@given(
    st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())), st.booleans(), st.booleans()
)
def test_any_spec_survives_its_envelope(spec: dict[str, Any], url_safe: bool, marked: bool) -> None:
    """However the other side wrote it: URL-safe alphabet, no padding, byte-order mark, line breaks."""
    assert decode_spec(encode_spec(spec), "x") == spec
    raw = json.dumps(spec).encode("utf-8-sig" if marked else "utf-8")
    text = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(raw).decode().rstrip("=")
    assert decode_spec("\r\n".join([text[:10], text[10:]]), "x") == spec


@pytest.mark.parametrize(
    ("stored", "sent", "covered"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 2}, {"a": 1}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": "x"}, {"a": {}}, False),
        ({"a": "x"}, {"a": []}, False),
    ],
)
def test_what_is_stored_covers_what_was_sent(stored: Any, sent: Any, covered: bool) -> None:
    assert covers(stored, sent) is covered


def _arm(name: str) -> dict[str, Any]:
    return {"name": name, "properties": {"value": encode_spec({"name": name, "a": 1})}}
