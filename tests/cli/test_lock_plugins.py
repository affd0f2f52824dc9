"""`sre-agent lock-plugins`: what plugins have brought becomes a file of the agent directory."""

import json

import pulumi_sre_agent as sre
from pulumi_sre_agent.api.kinds import PLUGIN_INSTALLATION
from support.azure import LocalAzure
from support.cli import Folder, call

BASE = "/api/v2/plugins"
AGENT = {
    "identity": {"agentName": "oncall", "resourceGroup": "rg-sre", "location": "swedencentral"},
    "access": {"accessLevel": "Low", "actionMode": "Review"},
}


def test_what_plugins_have_brought_is_written_down(azure: LocalAzure, folder: Folder) -> None:
    """One that is not there is left out, and told."""
    agent_id = azure.agent("oncall")
    azure.data("POST", agent_id, f"{BASE}/install-direct", {"sourceUrl": "contoso/runbooks"})
    agent = folder.root / "agents" / "oncall"
    (plugins := agent / "config" / "plugins" / "installations").mkdir(parents=True)
    (agent / "agent.json").write_text(json.dumps(AGENT))
    for name in ("runbooks", "absent"):
        spec = {"marketplaceName": "contoso", "pluginName": name}
        (plugins / f"{name}.json").write_text(json.dumps({"name": name, "spec": spec}))
    (agent / "plugins.lock.json").write_text('{"gone": {"skills": {}}}')
    folder.port = int(azure.url.rpartition(":")[2])
    folder.configure()

    shown = call(folder, "lock-plugins", str(agent), "-s", "local", "--agent-id", agent_id, **azure.environ)

    assert (shown.code, "The plugin absent is not locked" in shown.err) == (0, True)
    locked = json.loads((agent / "plugins.lock.json").read_text())
    assert locked.keys() == {"runbooks"}
    assert locked["runbooks"]["skills"].keys() == {"runbooks"}
    pins = {item.name: item.args.get("pin") for item in sre.directory.read(agent).of(PLUGIN_INSTALLATION)}
    assert pins == {"runbooks": locked["runbooks"], "absent": None}
