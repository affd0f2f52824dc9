"""The process: how it starts, refuses to start, keeps its data, and stops."""

import json
import signal
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from sre_agent_local.azure.__main__ import main
from support.azure import LocalAzure, running

Said = pytest.CaptureFixture[str]


def is_gone(azure: LocalAzure) -> bool:
    try:
        httpx.get(f"{azure.url}/_local/health")
    except httpx.ConnectError:
        return True
    return False


def test_it_says_where_it_is_until_it_is_asked_to_stop(tmp_path: Path) -> None:
    """In a file that only its owner can read, and that is gone when the server is; the folder is made."""
    data = tmp_path / "new" / "data"
    with running(data) as azure:
        announced = json.loads((data / "azure.json").read_text())
        modes = {stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()}
        answer = azure.http.post("/_local/stop")

        assert (answer.status_code, answer.json()) == (202, {"status": "stopping", "pid": azure.process.pid})
        assert azure.process.wait(10) == 0
        assert is_gone(azure)

    assert announced == {
        "url": azure.url,
        "pid": azure.process.pid,
        "identityHeader": azure.environ["IDENTITY_HEADER"],
        "administrationToken": azure.administration["X-Local-Azure-Token"],
    }
    assert modes == {0o600, 0o700}  # files, and the folder of uploaded ones
    assert not (data / "azure.json").exists()


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    """Resources, secrets, login, log, switches; an operation goes on; even after a kill."""
    with running(tmp_path) as azure:
        agent = azure.agent()
        spec = {"properties": {"dataConnectorType": "Mcp", "extendedProperties": {"bearerToken": "s3cret"}}}
        azure.data("PUT", agent, "/api/v2/extendedAgent/connectors/mcp", spec)
        azure.switch(operationSeconds=1, strictToolType=True)
        before = azure.arm("GET", agent).json()
        started = azure.arm("PUT", agent.replace("sre-one", "sre-two"), azure.agent_body())
        logged = azure.requests()
        azure.process.kill()
        azure.process.wait(10)
    with running(tmp_path) as again:
        assert again.environ["IDENTITY_HEADER"] == azure.environ["IDENTITY_HEADER"]
        assert again.requests() == logged
        assert again.switch()["strictToolType"] is True
        after = again.arm("GET", agent).json()
        connector = again.data("GET", agent, "/api/v2/extendedAgent/connectors/mcp").json()
        going_on = started.headers["azure-asyncoperation"].removeprefix(azure.url)
        again.poll(lambda: again.arm("GET", going_on).json()["status"] == "Succeeded")
        again.reset()
        assert again.switch()["strictToolType"] is False

    assert again.process.returncode == 0, "SIGTERM is an orderly end"
    assert connector["properties"]["extendedProperties"] == {"bearerToken": "s3cret"}
    moved = before["properties"].pop("agentEndpoint"), after["properties"].pop("agentEndpoint")
    assert before == after
    assert moved[0].removeprefix(azure.url) == moved[1].removeprefix(again.url)


def test_an_interrupt_stops_it_in_order(tmp_path: Path) -> None:
    """A request that is under way gets its answer first."""
    with running(tmp_path) as azure, ThreadPoolExecutor() as pool:
        azure.fault("delay", path="/metadata/", seconds=0.5)
        waiting = pool.submit(azure.http.get, "/metadata/endpoints")
        azure.poll(lambda: azure.faults()[0]["hits"])
        azure.process.send_signal(signal.SIGINT)

        assert waiting.result().status_code == 200
        assert azure.process.wait(10) == 0
        assert azure.process.stderr.read() == ""
        assert not (tmp_path / "azure.json").exists()


def test_it_listens_on_loopback_only(azure: LocalAzure) -> None:
    """Not on any other address of this machine."""
    port = int(azure.url.rsplit(":", 1)[1])
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}

    for address in others - {"127.0.0.1"}:
        with socket.socket() as probe:
            probe.settimeout(5)
            assert probe.connect_ex((address, port)) != 0
    assert azure.url.startswith("http://127.0.0.1:")


def test_a_folder_is_served_once(azure: LocalAzure, capsys: Said) -> None:
    announced = azure.data_folder / "azure.json"
    kept = announced.read_text()
    codes = [main(["--data", str(azure.data_folder), "--port", "0"])]
    announced.unlink()
    codes.append(main(["--data", str(azure.data_folder), "--port", "0"]))
    announced.write_text(kept)

    assert codes == [1, 1]
    first, second = capsys.readouterr().err.splitlines()
    served = f"The data folder {azure.data_folder} is already served"
    assert first == f"{served} at {azure.url} by process {azure.process.pid}; stop that process first."
    assert second == f"{served} by another process; stop that process first."


def test_a_port_is_served_once(tmp_path: Path, azure: LocalAzure, capsys: Said) -> None:
    port = azure.url.rsplit(":", 1)[1]

    assert main(["--data", str(tmp_path), "--port", port]) == 1
    assert capsys.readouterr().err == (
        f"Port {port} of 127.0.0.1 cannot be used: Address already in use; "
        "stop what uses it, or choose another with --port.\n"
    )


@pytest.mark.parametrize("what", ["a file", "a file in it", "a folder in it", "a dead link in it"])
def test_a_folder_that_cannot_be_used(tmp_path: Path, what: str, capsys: Said) -> None:
    data = tmp_path / "data"
    store = data / "azure.sqlite3"
    if what == "a file":
        data.write_text("mine")
    else:
        data.mkdir()
    if what == "a file in it":
        store.write_text("mine" * 1000)
    elif what == "a folder in it":
        store.mkdir()
    elif what == "a dead link in it":
        store.symlink_to(tmp_path / "nowhere" / "else")

    assert main(["--data", str(data), "--port", "0"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert str(data) in said.err
    assert "--data" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--data", "d", "--port", "70000"],
        ["--data", "d", "--operation-seconds", "-1"],
        ["--data", "d", "--ready-seconds", "inf"],
        ["--data", "d", "--host", "0.0.0.0"],
    ],
)
def test_wrong_arguments(arguments: list[str], capsys: Said) -> None:
    """There is no argument that would let it listen anywhere else."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m sre_agent_local.azure")
