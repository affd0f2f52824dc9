"""What becomes of a resource by what Azure answers, as a test scripts it."""

import grpc
import pytest
import tenacity

from sre_agent_local.azure_native import arm_client
from sre_agent_local.azure_native.property_values import UNKNOWN, SecretValue, from_struct
from support.arm_script import SOON, Step
from support.azure import SUBSCRIPTION
from support.azure_native import Json, half_made, scripted, sentence

GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
RESOURCE_GROUP = "resources:ResourceGroup"
WORKSPACE = "operationalinsights:Workspace"
SECURITY_GROUP = "network:NetworkSecurityGroup"
CREDENTIAL = "managedidentity:FederatedIdentityCredential"
GROUP: Json = {"resourceGroupName": "rg", "location": "swedencentral"}
LOGS: Json = {**GROUP, "workspaceName": "logs"}
LOGS_ID = f"{GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/logs"
NOT_THERE: Step = (404, {"error": {"code": "ResourceNotFound", "message": "None."}})
NOT_YOU: Step = (403, {"error": {"code": "No", "message": "Not you."}})
LIVE_GROUP: Json = {"id": GROUP_ID, "name": "rg", "location": "swedencentral"}
IN_THE_MAKING: Json = {"id": LOGS_ID, "properties": {"provisioningState": "Creating"}}
FAILED: Json = {"id": LOGS_ID, "properties": {"provisioningState": "Failed", "retentionInDays": 30}}
RULE = {"name": "no-way-in", "properties": {"priority": 100}}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arm_client, "_backoff", tenacity.wait_none())
    monkeypatch.setattr(arm_client, "POLL_SECONDS", 0.0)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((404, "<html>"), id="a-proxy"),
        pytest.param((404, {"error": {"code": "Foo"}}), id="another-code"),
        pytest.param((204,), id="no-content"),
        pytest.param(NOT_YOU, id="refused"),
    ],
)
def test_what_does_not_say_that_a_resource_is_gone_fails_a_refresh(answer: Step) -> None:
    with scripted(answer) as (plugin, _), pytest.raises(grpc.RpcError):
        plugin.read(RESOURCE_GROUP, GROUP_ID, {}, GROUP)


def test_what_is_gone_leaves_the_state() -> None:
    with scripted(NOT_THERE) as (plugin, _):
        assert plugin.read(RESOURCE_GROUP, GROUP_ID, {}, GROUP) == ("", {}, {})


def test_a_create_that_cannot_look_first_does_not_write() -> None:
    with scripted(NOT_YOU) as (plugin, script), pytest.raises(grpc.RpcError) as refused:
        plugin.create(RESOURCE_GROUP, GROUP)

    assert sentence(refused).startswith(
        f"cannot check existence of resource '{GROUP_ID}': status code 403, {{"
    )
    assert script.methods == ["GET"]


def test_what_was_created_and_does_not_show_is_a_warning() -> None:
    """The state holds what Azure said when it accepted it."""
    with scripted(NOT_THERE, (201, LIVE_GROUP), NOT_YOU) as (plugin, _):
        arm_id, outputs = plugin.create(RESOURCE_GROUP, GROUP)

        assert (arm_id, outputs["name"]) == (GROUP_ID, "rg")
        [warning] = plugin.engine.warnings
        assert warning.startswith(f"Azure accepted {GROUP_ID}, but does not show it")
        assert warning.endswith('Status=403 Code="No" Message="Not you."')


def test_a_resource_that_is_not_marked_as_long_running_is_done_when_it_is_answered() -> None:
    unfinished = {**LIVE_GROUP, "properties": {"provisioningState": "Creating"}}
    with scripted(NOT_THERE, (201, unfinished), (200, unfinished)) as (plugin, script):
        _, outputs = plugin.create(RESOURCE_GROUP, GROUP)

    assert outputs["properties"] == {"provisioningState": "Creating"}
    assert script.methods == ["GET", "PUT", "GET"]


def test_what_failed_half_way_is_kept_as_azure_has_it() -> None:
    """So that a refresh takes none of Azure's own defaults for a change."""
    with scripted(NOT_THERE, (201, IN_THE_MAKING, SOON), (200, FAILED), (200, FAILED), (200, FAILED)) as (
        plugin,
        script,
    ):
        with pytest.raises(grpc.RpcError) as failed:
            plugin.create(WORKSPACE, LOGS)
        kept = half_made(failed)
        _, inputs, _ = plugin.read(WORKSPACE, LOGS_ID, from_struct(kept.properties), LOGS)

    assert kept.id == LOGS_ID
    assert list(kept.reasons) == [sentence(failed)]
    assert sentence(failed).startswith('Status=200 Message="{')
    assert from_struct(kept.properties)["provisioningState"] == "Failed"
    assert from_struct(kept.inputs) == LOGS
    assert inputs == LOGS
    assert script.steps == []


def test_what_failed_half_way_and_does_not_show_is_kept_by_its_id() -> None:
    with (
        scripted(NOT_THERE, (201, IN_THE_MAKING, SOON), (200, FAILED), NOT_YOU) as (plugin, _),
        pytest.raises(grpc.RpcError) as failed,
    ):
        plugin.create(WORKSPACE, LOGS)

    kept = half_made(failed)
    assert kept.id == LOGS_ID
    assert not kept.properties.fields
    assert sentence(failed).startswith('resource created but read failed Status=403 Code="No"')


def test_nobody_asks_for_what_was_not_waited_for() -> None:
    with (
        scripted(NOT_THERE, (201, IN_THE_MAKING, {"Retry-After": "30"})) as (plugin, _),
        pytest.raises(grpc.RpcError) as failed,
    ):
        plugin.create(WORKSPACE, LOGS, timeout=1)

    assert sentence(failed) == "operation timed out"
    assert not half_made(failed).properties.fields


def test_two_credentials_of_an_identity_at_once_are_written_in_turn() -> None:
    conflict = (
        409,
        {"error": {"code": "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity"}},
    )
    inputs = {
        "resourceGroupName": "rg",
        "resourceName": "id",
        "federatedIdentityCredentialResourceName": "prod",
        "audiences": ["a"],
        "issuer": "https://issuer.test",
        "subject": "s",
    }
    done = (200, {"id": "/credential", "name": "prod"})
    with scripted(NOT_THERE, conflict, done, done) as (plugin, _):
        assert plugin.create(CREDENTIAL, inputs)[0] == "/credential"


def test_lists_of_resources_of_their_own_begin_empty_and_are_kept_by_an_update() -> None:
    """Rules that somebody made by hand survive a change of tags."""
    inputs: Json = {**GROUP, "networkSecurityGroupName": "nsg"}
    group_id = f"{GROUP_ID}/providers/Microsoft.Network/networkSecurityGroups/nsg"
    empty: Step = (200, {"id": group_id, "properties": {"securityRules": []}})
    ruled: Step = (200, {"id": group_id, "properties": {"securityRules": [RULE]}})
    with scripted(NOT_THERE, empty, empty, ruled, ruled, ruled, ruled) as (plugin, script):
        _, outputs = plugin.create(SECURITY_GROUP, inputs)
        _, seen, _ = plugin.read(SECURITY_GROUP, group_id, outputs, inputs)
        plugin.update(SECURITY_GROUP, group_id, outputs, {**seen, "tags": {"a": "b"}})

    assert seen == inputs
    created, updated = (body["properties"]["securityRules"] for body in script.bodies("PUT"))
    assert (created, updated) == ([], [RULE])


def test_an_update_that_cannot_look_at_such_a_list_does_not_write() -> None:
    inputs: Json = {**GROUP, "networkSecurityGroupName": "nsg"}
    with scripted(NOT_YOU) as (plugin, script), pytest.raises(grpc.RpcError) as refused:
        plugin.update(SECURITY_GROUP, GROUP_ID, {}, inputs)

    assert sentence(refused).startswith(
        "failed maintaining unset sub-resource properties: reading cloud state: Status=403"
    )
    assert script.methods == ["GET"]


def test_a_secret_that_was_changed_in_azure_stays_secret() -> None:
    """In the inputs and in the outputs of a refresh."""

    def receivers(uri: str) -> Json:
        return {"id": "/ag", "properties": {"webhookReceivers": [{"name": "hook", "serviceUri": uri}]}}

    inputs: Json = {
        "resourceGroupName": "rg",
        "webhookReceivers": [{"name": "hook", "serviceUri": SecretValue("https://a.test")}],
    }
    state = {"webhookReceivers": SecretValue([{"name": "hook", "serviceUri": "https://a.test"}])}
    with scripted((200, receivers("https://a.test")), (200, receivers("https://b.test"))) as (plugin, _):
        assert plugin.read("monitor:ActionGroup", "/ag", state, inputs)[1] == inputs
        _, seen, outputs = plugin.read("monitor:ActionGroup", "/ag", state, inputs)

    changed = SecretValue([{"name": "hook", "serviceUri": "https://b.test"}])
    assert seen["webhookReceivers"] == outputs["webhookReceivers"] == changed


def test_a_change_in_a_list_is_carried_item_by_item() -> None:
    """What Azure filled into the items stays out of the inputs."""

    def settings(enabled: bool) -> Json:
        log = {"category": "audit", "enabled": enabled, "retentionPolicy": {"days": 0}}
        return {"id": "/d", "properties": {"logs": [log]}}

    inputs: Json = {"resourceUri": "/s", "name": "d", "logs": [{"category": "audit", "enabled": True}]}
    state = {"logs": settings(True)["properties"]["logs"]}
    with scripted((200, settings(False))) as (plugin, _):
        _, seen, _ = plugin.read("monitor:DiagnosticSetting", "/d", state, inputs)

    assert seen["logs"] == [{"category": "audit", "enabled": False}]


def test_an_empty_list_that_an_older_state_does_not_know_is_no_change() -> None:
    live = {"id": "/ag", "properties": {"voiceReceivers": [], "smsReceivers": [{"name": "new"}]}}
    with scripted((200, live)) as (plugin, _):
        _, seen, _ = plugin.read("monitor:ActionGroup", "/ag", {"name": "ag"}, {"actionGroupName": "ag"})

    assert seen == {"actionGroupName": "ag", "smsReceivers": [{"name": "new"}]}


def test_an_import_leaves_out_what_is_empty() -> None:
    group_id = f"{GROUP_ID}/providers/Microsoft.Insights/actionGroups/ag"
    live = {"id": group_id, "tags": {}, "properties": {"groupShortName": "sre", "smsReceivers": []}}
    with scripted((200, live)) as (plugin, _):
        _, inputs, outputs = plugin.read("monitor:ActionGroup", group_id)

    assert inputs.keys() == {"resourceGroupName", "actionGroupName", "groupShortName", "azureApiVersion"}
    assert outputs["smsReceivers"] == []


def test_an_id_of_another_type_is_refused() -> None:
    with scripted((200, LIVE_GROUP)) as (plugin, _), pytest.raises(grpc.RpcError) as refused:
        plugin.read(WORKSPACE, GROUP_ID)

    path = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/"
    assert sentence(refused).startswith(f"failed to parse '{GROUP_ID}' against the path '{path}")


def test_names_are_escaped_in_a_path_and_scopes_lose_their_slashes() -> None:
    lock = {"scope": "/subscriptions/s/", "lockName": "a b/c", "level": "CanNotDelete"}
    done: Step = (200, {"name": "a b/c"})
    with scripted(NOT_THERE, done, done) as (plugin, script):
        arm_id, _ = plugin.create("authorization:ManagementLockByScope", lock)

    assert arm_id == "/subscriptions/s/providers/Microsoft.Authorization/locks/a%20b%2Fc"
    assert script.asked[1].url.raw_path.decode().startswith(arm_id)


def test_an_identity_is_a_list_here_and_a_map_there() -> None:
    identity = {"type": "UserAssigned", "userAssignedIdentities": ["/id"]}
    identities = {"/id": {"clientId": "c"}}
    live = {
        "id": LOGS_ID,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": identities},
    }
    with scripted(NOT_THERE, (200, live), (200, live), (200, live)) as (plugin, script):
        _, outputs = plugin.create(WORKSPACE, {**LOGS, "identity": identity})
        _, seen, _ = plugin.read(WORKSPACE, LOGS_ID, outputs, {**LOGS, "identity": identity})

    [body] = script.bodies("PUT")
    assert body["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {"/id": {}}}
    assert outputs["identity"]["userAssignedIdentities"] == identities
    assert seen["identity"] == identity


def test_a_preview_does_not_know_the_members_that_azure_fills_in() -> None:
    inputs = {
        **GROUP,
        "workflowName": "logic",
        "identity": {"type": "SystemAssigned"},
        "tags": {"a": "b"},
        "definition": {"actions": {}},
    }
    with scripted() as (plugin, _):
        _, outputs = plugin.create("logic:Workflow", inputs, preview=True)

    assert outputs["identity"]["type"] == "SystemAssigned"
    assert outputs["identity"]["principalId"] is UNKNOWN
    assert (outputs["tags"], outputs["definition"]) == ({"a": "b"}, {"actions": {}})
    assert outputs["accessEndpoint"] is UNKNOWN
