"""How clients log in to the local Azure."""

import base64
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.identity import ManagedIdentityCredential

from sre_agent_local.azure import tokens
from sre_agent_local.azure.errors import NotAuthenticated
from support.azure import GROUPS, SUBSCRIPTION, TENANT, LocalAzure, error, running

GROUPS_PATH = f"/subscriptions/{SUBSCRIPTION}/resourceGroups?api-version={GROUPS}"


def ask(azure: LocalAzure, resource: str = "https://management.azure.com", **query: str) -> httpx.Response:
    return azure.http.get(
        "/msi/token",
        params={"api-version": "2019-08-01", "resource": resource, **query},
        headers={"X-IDENTITY-HEADER": azure.environ["IDENTITY_HEADER"]},
    )


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


ARM = "https://management.azure.com"
OTHERS = tokens.Tokens("another data folder's key").issue(ARM, "me", "me")[0]
UNSIGNED = OTHERS.rpartition(".")[0]


def test_azure_identity_logs_in_unmodified(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    """For both planes, and also as an identity that was made here."""
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    identity = azure.identity()["properties"]
    with (
        ManagedIdentityCredential() as developer,
        ManagedIdentityCredential(client_id=identity["clientId"]) as other,
    ):
        arm = developer.get_token("https://management.azure.com/.default")
        data = developer.get_token("https://azuresre.dev/.default")
        theirs = other.get_token("https://management.azure.com/.default")

    headers = {"Authorization": f"Bearer {arm.token}"}
    assert httpx.get(azure.url + GROUPS_PATH, headers=headers).status_code == 200
    assert claims(data.token)["aud"] == "https://azuresre.dev"
    assert claims(arm.token)["tid"] == TENANT
    assert claims(theirs.token)["oid"] == identity["principalId"]
    assert arm.expires_on > time.time() + 3600


def test_an_identity_is_named_in_any_way(azure: LocalAzure) -> None:
    identity = azure.identity()
    by = {
        "client_id": identity["properties"]["clientId"],
        "object_id": identity["properties"]["principalId"],
        "principal_id": identity["properties"]["principalId"],
        "mi_res_id": identity["id"],
    }

    for name, value in by.items():
        assert claims(ask(azure, **{name: value}).json()["access_token"])["oid"] == by["object_id"], name
        unknown = ask(azure, **{name: azure.group()})
        assert (unknown.status_code, unknown.json()["statusCode"]) == (400, 400)


@pytest.mark.parametrize("resource", ["https://vault.azure.net", "", "https://azurecopilot.io"])
def test_an_unknown_resource_has_no_tokens(azure: LocalAzure, resource: str) -> None:
    answer = ask(azure, resource)

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("AADSTS500011: ")


@pytest.mark.parametrize(
    "headers", [{}, {b"X-IDENTITY-HEADER": b"guess"}, {b"X-IDENTITY-HEADER": "gü".encode()}]
)
def test_without_the_header_there_is_no_token(azure: LocalAzure, headers: dict[bytes, bytes]) -> None:
    answer = azure.http.get("/msi/token?resource=https://management.azure.com", headers=headers)

    assert answer.status_code == 401
    assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        pytest.param("Bearer nonsense", "InvalidAuthenticationToken", id="no-jwt"),
        pytest.param("Bearer e30.bm90IGpzb24.", "InvalidAuthenticationToken", id="no-json"),
        pytest.param("Bearer e30.W10.", "InvalidAuthenticationToken", id="no-object"),
        pytest.param("Bearer ..", "InvalidAuthenticationToken", id="dots"),
        pytest.param(f"Bearer {'W' * 9000}.{'[' * 9000}.", "InvalidAuthenticationToken", id="long"),
        pytest.param("Basic abc", "AuthenticationFailed", id="basic"),
        pytest.param(f"Bearer {OTHERS}", "InvalidAuthenticationToken", id="another's"),
        pytest.param(f"Bearer {UNSIGNED}", "InvalidAuthenticationToken", id="no-signature"),
        pytest.param(f"Bearer {UNSIGNED}.", "InvalidAuthenticationToken", id="empty-signature"),
    ],
)  # fmt: skip
def test_arm_refuses_other_tokens(azure: LocalAzure, authorization: str, code: str) -> None:
    answer = azure.http.get(GROUPS_PATH, headers={"Authorization": authorization})

    assert error(answer) == (401, code)
    assert "error_description" in answer.headers["www-authenticate"]


def test_a_token_that_was_changed_is_refused(azure: LocalAzure) -> None:
    head, payload, signature = azure.token().split(".")
    other = {**claims(azure.token()), "oid": "somebody else"}
    changed = base64.urlsafe_b64encode(json.dumps(other).encode()).decode().rstrip("=")

    for token in (
        f"{head}.{changed}.{signature}",
        f"{head}.{payload}.{signature[:-1]}",
        f"{payload}.{signature}",
    ):
        answer = azure.http.get(GROUPS_PATH, headers={"Authorization": f"Bearer {token}"})
        assert error(answer) == (401, "InvalidAuthenticationToken")
        assert answer.json()["error"]["message"].endswith("this local Azure did not issue it.")


@pytest.mark.parametrize(
    ("audience", "lifetime_seconds", "code"),
    [
        ("https://azuresre.dev", 60, "InvalidAuthenticationTokenAudience"),
        (ARM, -1, "ExpiredAuthenticationToken"),
    ],
)
def test_a_token_is_for_one_audience_and_some_time(audience: str, lifetime_seconds: int, code: str) -> None:
    keyed = tokens.Tokens("key")
    token, _ = keyed.issue(audience, "me", "me", lifetime_seconds=lifetime_seconds)

    with pytest.raises(NotAuthenticated) as refused:
        keyed.check(f"Bearer {token}", (ARM,))
    assert refused.value.code == code


def test_tokens_and_their_key_are_as_old_as_the_data_folder(tmp_path: Path) -> None:
    """Also where a folder of before has no key yet."""
    with running(tmp_path) as azure:
        token, administration = azure.token(), azure.administration
    with closing(sqlite3.connect(tmp_path / "azure.sqlite3")) as store:
        keys = dict(store.execute("SELECT name, document FROM settings").fetchall())
    with running(tmp_path) as again:
        assert again.administration == administration
        assert again.http.get(GROUPS_PATH, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    with closing(sqlite3.connect(tmp_path / "azure.sqlite3")) as store, store:
        store.execute("DELETE FROM settings WHERE name IN ('signingKey', 'administrationToken')")
    with running(tmp_path) as before:
        assert before.environ["IDENTITY_HEADER"] == azure.environ["IDENTITY_HEADER"]
        assert before.administration != administration
        assert before.arm("GET", GROUPS_PATH).status_code == 200
        assert before.http.get(GROUPS_PATH, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert len(json.loads(keys["signingKey"])) == 64


@pytest.mark.parametrize(
    "audience",
    [*tokens.CONTROL_AUDIENCES, *(f"{audience}/" for audience in tokens.CONTROL_AUDIENCES), "its own url"],
)
def test_arm_takes_tokens_for_arm(azure: LocalAzure, audience: str) -> None:
    token = azure.token(azure.url if audience == "its own url" else audience)

    assert azure.http.get(GROUPS_PATH, headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_the_metadata_point_back_here(azure: LocalAzure) -> None:
    """New versions describe one cloud, older ones list clouds; no token is needed."""
    cloud = azure.http.get("/metadata/endpoints?api-version=2022-09-01").json()
    clouds = azure.http.get("/metadata/endpoints?api-version=2019-05-01").json()

    assert clouds == [cloud]
    assert cloud["resourceManager"] == cloud["authentication"]["loginEndpoint"] == azure.url
    assert cloud["authentication"]["tenant"] == TENANT
    assert cloud["microsoftGraphResourceId"] == f"{azure.url}/"
    assert cloud["authentication"]["audiences"]
    for audience in cloud["authentication"]["audiences"]:
        assert ask(azure, audience).status_code == 200


def test_the_root_says_how_to_log_in(azure: LocalAzure) -> None:
    """The command that it shows works in a shell, as far as the token and a first request."""
    if not (shutil.which("curl") and shutil.which("sh")):
        pytest.skip("curl or sh is not installed")
    about = azure.http.get("/").json()

    def shell(command: str, **environ: str) -> dict[str, Any]:
        done = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    token = shell(about["login"]["controlPlaneToken"], IDENTITY_HEADER=azure.environ["IDENTITY_HEADER"])
    listed = shell(about["controlPlane"]["example"], TOKEN=token["access_token"])

    assert listed == {"value": [], "nextLink": None}
    assert about["login"]["environment"]["IDENTITY_ENDPOINT"] == azure.environ["IDENTITY_ENDPOINT"]
    assert about["dataPlane"]["routes"]["/api/v2/repos/{}"] == ["DELETE", "GET", "PUT"]
    assert about["subscription"] == SUBSCRIPTION


def test_the_server_shares_nothing_with_its_clients() -> None:
    """It must not agree with their mistakes, so it loads neither them nor Pulumi."""
    script = (
        "import sys, sre_agent_local.azure.server;"
        "print(*(name for name in sys.modules if name.startswith(('pulumi.', 'pulumi_'))))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    foreign = [
        name for name in done.stdout.split()
        if not name.startswith("sre_agent_local") and name != "pulumi_sre_agent"
    ]  # fmt: skip
    assert foreign == []
