"""`sre-agent api`: requests of one's own."""

import json

import pytest

from pulumi_sre_agent.cli.api.fields import parse
from support.operated import Operated

TRIGGERS = "/api/v1/httptriggers"


@pytest.fixture
def agent(operated: Operated) -> str:
    return operated.azure.agent()


@pytest.mark.usefixtures("agent")
def test_the_data_plane_is_asked_and_told(operated: Operated) -> None:
    fields = ("-f", "name=look", "-f", "agentPrompt=Look: 1.", "-F", "isEnabled=false")
    made = operated.call("api", "post", f"{TRIGGERS}/create", *fields)
    found = operated.call("api", "GET", TRIGGERS, "--query", "[].name || triggers[].name || value[].name")

    assert (made.code, list(made.json)) == (0, ["triggerId", "triggerUrl", "message"])
    assert found.json == ["look"]
    sent = operated.azure.requests(plane="data", method="POST")[-1]
    assert sent["path"].endswith(f"{TRIGGERS}/create")


def test_arm_is_asked_of_the_agent(operated: Operated, agent: str) -> None:
    """With the api-version that is said, or the toolkit's own."""
    state = operated.call("api", "GET", "{agent}", "--query", "properties.powerState")
    versioned = operated.call("api", "GET", "{agent}?api-version=2026-01-01", "--query", "id")
    shown = operated.call("api", "GET", f"{agent}/connectors", "-i")

    assert (state.code, state.out) == (0, "Running\n")
    assert versioned.out == f"{agent}\n"
    assert (shown.json, "\n200\n" in shown.err) == ({"value": [], "nextLink": None}, True)


@pytest.mark.usefixtures("agent")
def test_every_page_as_one_list(operated: Operated) -> None:
    for number in range(3):
        operated.call(
            "api", "PUT", f"/api/v2/repos/r{number}", "-f", f"name=r{number}", "-f", "type=CodeRepo"
        )
        operated.call("api", "POST", "/api/v1/threads", "-f", f"startMessage[text]=Is it {number}?")
    texts = operated.call("api", "GET", "/api/v1/threads", "--paginate", "--query", "sort([].title)")
    top = operated.call("api", "GET", "/api/v1/threads", "-F", "$top=1", "--query", "length(value)")

    assert texts.json == ["Is it 0?", "Is it 1?", "Is it 2?"]
    assert top.json == 1


@pytest.mark.usefixtures("agent")
def test_a_body_from_a_file(operated: Operated) -> None:
    (operated.root / "body.json").write_text(json.dumps({"startMessage": {"text": "What is here?"}}))
    made = operated.call("api", "POST", "/api/v1/threads", "--input", "body.json", "--query", "title")
    thread = operated.call("api", "GET", "/api/v1/threads", "--query", "value[0].id").out.strip()

    assert made.out == "What is here?\n"
    assert operated.call("api", "DELETE", f"/api/v1/threads/{thread}").out == ""


@pytest.mark.usefixtures("agent")
def test_a_refusal_is_a_sentence(operated: Operated) -> None:
    refused = operated.call("api", "GET", "/api/v1/threads/nowhere")

    assert (refused.code, refused.out) == (1, "")
    assert "failed with 404" in refused.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["GET", "https://example.com/api/x"], "is on neither plane: it begins with /api, /subscriptions"),
        (["GET", "/apis/x"], "is on neither plane"),
        (["GET", "//example.com/api"], "is on neither plane"),
        (["GET", "/api/../x"], "'/agents/"),
        (["GET", "/api/v1/threads", "--query", "[?"], "'[?' is no JMESPath"),
        (["GET", "/api/v1/threads", "-f", "name"], "'name' is no field: write name=value"),
        (["GET", "/api/v1/threads", "-f", "a[b]=c"], "The query of a GET has no members"),
        (["POST", "/api/v1/threads", "-f", "a=b", "-f", "a[b]=c"], "'a[b]=c' does not go with"),
        (["POST", "/api/v1/threads", "-f", "a=b", "--input", "x"], "--input is the whole body"),
        (["POST", "/api/v1/threads", "--input", "nowhere"], "The file nowhere cannot be read"),
        (["POST", "/api/v1/threads", "--paginate"], "--paginate is for GET"),
        (
            ["GET", "/api/v1/threads", "-H", "Authorization: x"],
            "The header Authorization is the command's own",
        ),
        (["GET", "/api/v1/threads", "-H", "x"], "'x' is no header"),
    ],
    ids=lambda value: " ".join(value[1:3]) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("agent")
def test_what_cannot_be_sent_is_refused_before(operated: Operated, words: list[str], sentence: str) -> None:
    operated.azure.forget_requests()
    refused = operated.call("api", *words)

    assert (refused.code, refused.out) == (2, "")
    assert sentence in refused.err
    assert [
        each for each in operated.azure.requests(plane="data") if "commonprompts" not in each["path"]
    ] == []


def test_fields_have_members_and_lists() -> None:
    raw = ["name=a", "spec[tags][]=x", "spec[tags][]=y", "spec[note]=1"]

    assert parse(raw, ["spec[count]=3", "on=true", "text=plain"]) == {
        "name": "a",
        "spec": {"tags": ["x", "y"], "note": "1", "count": 3},
        "on": True,
        "text": "plain",
    }


def test_bytes_are_passed_on(operated: Operated, agent: str) -> None:
    """What is no JSON comes as it is."""
    thread = operated.call("api", "POST", "/api/v1/threads", "-f", "startMessage[text]=Write a report.").json[
        "id"
    ]
    operated.azure.poll(
        lambda: (
            operated.azure.data("GET", agent, f"/api/v1/threads/{thread}/messages").json()["state"] == "Idle"
        )
    )
    shown = operated.call("api", "GET", f"/api/files/tmp/ThreadFiles/{thread}/report.md")

    assert shown.out.startswith("# Write a report.\n")
