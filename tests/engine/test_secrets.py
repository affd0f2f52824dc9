"""A secret is shown to nobody who has not asked for it."""

from pathlib import Path

import pytest

from sre_agent_local.engine.crypt import Crypter
from support.engines import BOTH, EMBEDDED, PASSPHRASE, Engine, Project

PLANTED = "correct-horse-battery-staple"
PROGRAM = """
import pulumi
from pulumi import ResourceOptions as Options
from support.toy import Thing

config = pulumi.Config()
gen = config.require_int("gen")
secret = config.require_secret("planted")
nested = config.require_secret_object("nested")
said = pulumi.Output.concat("<", secret, ">")
thing = Thing("thing", size=gen, pw=secret, words=["plain", secret], said=said)
Thing("copy", pw=thing.pw, nested=nested, opts=Options(additional_secret_outputs=["endpoint"]))
if gen == 2:
    pulumi.log.info("secret is an output: " + repr(secret))
pulumi.export("pw", thing.pw)
pulumi.export("deep", {"list": [secret]})
pulumi.export("size", gen)
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path, EMBEDDED).make(PROGRAM)
    crypter = Crypter(PASSPHRASE)
    with project.stack_file.open("a") as file:
        file.write(f"encryptionsalt: {crypter.salt}\n")
    project.configure(
        planted={"secure": crypter.encrypt(PLANTED)},
        nested={"list": [{"deep": {"secure": crypter.encrypt(PLANTED)}}]},
    )
    return project


@pytest.mark.parametrize("engine", BOTH)
def test_a_secret_stays_one(engine: Engine, project: Project) -> None:
    """Nothing that a command prints or keeps has it in plain, until outputs are shown with secrets."""
    project.engine = engine
    texts = [project.succeed("preview", "--diff").text, project.succeed("up").text]
    project.configure(gen=2)
    texts += [
        project.succeed("preview", "--json").text,
        project.succeed("up", "--diff").text,
        project.succeed("stack", "export").text,
        project.state_file.read_text(),
        *(path.read_text() for path in project.folder.rglob("*.json") if "cloud" not in path.parts),
    ]

    assert [text for text in texts if PLANTED in text] == []
    assert "[secret]" in texts[0]
    assert project.outputs() == {"pw": "[secret]", "deep": {"list": ["[secret]"]}, "size": 2}
    shown = project.outputs("--show-secrets")
    assert shown == {"pw": PLANTED, "deep": {"list": [PLANTED]}, "size": 2}
    assert project.cloud.things()["thing"]["pw"] == PLANTED, "the provider gets it in plain"


def test_unchanged_secrets_keep_their_ciphertext(project: Project) -> None:
    """A run that changes nothing leaves the very bytes of the state's secrets as they were."""
    project.succeed("up", "--json")
    before = project.deployment()["resources"]

    events = project.succeed("up", "--json").text

    assert PLANTED not in events
    assert project.deployment()["resources"] == before


def test_a_wrong_passphrase_is_one_sentence(project: Project) -> None:
    """Without the right passphrase nothing is begun."""
    project.environ["PULUMI_CONFIG_PASSPHRASE"] = "wrong"

    refused = project.fail("up")

    assert refused.stderr.startswith("error: incorrect passphrase")
    assert len(refused.stderr.splitlines()) == 1
    assert project.cloud.calls() == []
