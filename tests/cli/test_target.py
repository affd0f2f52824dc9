"""Which agent a command is about: what goes before what, and what is refused."""

import pytest

from support.azure import SUBSCRIPTION
from support.cli import FakePulumi
from support.operated import Operated, agent_path


@pytest.fixture
def two(operated: Operated) -> Operated:
    """Two agents, so that nothing goes without saying."""
    operated.azure.agent("pay")
    operated.azure.agent("shop", "rg-shop")
    return operated


def named(agent: str, group: str, source: str) -> str:
    return f"Agent: {agent} ({group}, {SUBSCRIPTION[:8]}…), {source}\n"


def test_the_only_one_is_meant(operated: Operated) -> None:
    operated.azure.agent("pay")
    shown = operated.call("show")

    assert (shown.code, shown.err) == (0, named("pay", "rg-sre", "the only one in the subscription"))


def test_which_agent_it_is_fits_a_narrow_terminal(two: Operated) -> None:
    said = two.call("show", "--agent", "pay", SRE_AGENT="shop", COLUMNS="40").err

    assert said == f"Agent: pay (rg-sre, {SUBSCRIPTION[:8]}…),\n  as --agent says\n"


def test_what_is_said_goes_before_the_variable_and_that_before_the_folder(two: Operated) -> None:
    two.call("use", "pay")
    below = two.root / "stacks"

    assert two.call("show").err == named("pay", "rg-sre", "as `sre-agent use` says for this folder")
    assert two.call("show", "--agent", "shop", SRE_AGENT="pay").err == named(
        "shop", "rg-shop", "as --agent says"
    )
    assert two.call("show", SRE_AGENT="shop").err == named("shop", "rg-shop", "as SRE_AGENT says")
    two.root = below
    assert two.call("show", COLUMNS="300").err == named(
        "pay", "rg-sre", f"as `sre-agent use` says for {below.parent}"
    )


def test_several_are_named_and_none_is_taken(two: Operated) -> None:
    refused = two.call("show")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"error: Subscription {SUBSCRIPTION} has 2 agents, pay (rg-sre), shop (rg-shop): say which with "
        "--agent, --stack or SRE_AGENT, or choose one for this folder with `sre-agent use`.\n"
    )


def test_none_is_a_failure(operated: Operated) -> None:
    refused = operated.call("show")

    assert (refused.code, refused.out) == (1, "")
    assert f"error: Subscription {SUBSCRIPTION} has no agent that this login may see" in refused.err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--agent", "cart"], 1, "error: There is no agent named 'cart'.\n"),
        (["--agent", "/groups/1"], 2, "error: '/groups/1' is not an id of Microsoft.App/agents, which"),
        (["-s", "local"], 2, "Stack 'local' was never deployed here: run `sre-agent local up` first."),
        (["-s", "prod"], 2, "error: There is no stack 'prod'"),
    ],
    ids=["unknown", "no-id", "never-deployed", "no-stack"],
)
def test_what_cannot_be_found_is_a_sentence(
    operated: Operated, words: list[str], code: int, sentence: str
) -> None:
    refused = operated.call("show", *words)

    assert (refused.code, refused.out) == (code, "")
    assert sentence in refused.err


def test_stack_local_needs_no_variables(two: Operated) -> None:
    """Neither a login nor an engine's variables are set, and none is set afterwards."""
    two.exports(agentId=two.azure.arm("GET", agent_path("shop", "rg-shop")).json()["id"], size=5)
    shown = two.call_without_login("show", "-s", "local", "--json")

    assert (shown.code, shown.err) == (0, named("shop", "rg-shop", "of stack 'local'"))
    assert shown.json["name"] == "shop"
    by_id = two.call_without_login("show", "--agent", agent_path("shop", "rg-shop"))
    assert "The Azure CLI is not installed, and no other way to log in" in by_id.err


def test_without_the_local_azure_stack_local_says_what_to_run(operated: Operated) -> None:
    (operated.root / ".local" / "azure" / "azure.json").unlink()
    refused = operated.call_without_login("show", "-s", "local")

    assert refused.code == 1
    assert refused.err == "error: The local Azure is not running: start it with `sre-agent local start`.\n"


def test_a_real_stack_is_asked_of_pulumi(two: Operated, pulumi: FakePulumi) -> None:
    (two.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    ids = [agent_path("pay", "rg-sre"), agent_path("shop", "rg-shop")]
    pulumi.answers("stack output", f'{{"ids": {{"shop": "{ids[1]}"}}}}', as_json=True)
    shown = two.call("show", "-s", "prod", path=pulumi.path)

    assert shown.err == named("shop", "rg-shop", "of stack 'prod'")
    assert pulumi.lines == [
        f"stack output --json -C {two.root} -s prod --non-interactive --color never",
    ]
    pulumi.answers("stack output", f'{{"ids": ["{ids[0]}", "{ids[1]}", "{ids[1].upper()}"]}}', as_json=True)
    refused = two.call("show", "-s", "prod", path=pulumi.path)
    assert (refused.code, refused.err) == (
        2,
        "error: Stack 'prod' has 2 agents (pay, shop): say which with --agent.\n",
    )
    assert two.call("show", "-s", "prod", "--agent", "pay", path=pulumi.path).code == 0


def test_a_stack_that_exports_no_agent(operated: Operated, pulumi: FakePulumi) -> None:
    (operated.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    pulumi.answers("stack output", '{"size": 5}', as_json=True)
    refused = operated.call("show", "-s", "prod", path=pulumi.path)

    assert refused.code == 2
    assert "Stack 'prod' exports no ARM id of an agent: deploy it, let it export `agentId`" in refused.err


def test_completion_offers_names(two: Operated) -> None:
    """Tab after `--agent` offers agents, after `-s` stacks, and is silent where there is no login."""

    def offered(line: str, **variables: str) -> list[str]:
        typed = {"COMP_WORDS": f"sre-agent {line}", "COMP_CWORD": str(len(line.split()) + line.endswith(" "))}
        shown = two.call(_SRE_AGENT_COMPLETE="complete_bash", **typed, **variables)
        assert shown.err == ""
        return shown.out.split()

    assert offered("show --agent ") == ["pay", "shop"]
    assert offered("show --agent s") == ["shop"]
    for command in ("show", "report", "recover"):
        assert offered(f"{command} -s ") == ["local"]
    assert offered("show --agent ", ARM_METADATA_HOSTNAME="http://127.0.0.1:1") == []


def test_use_keeps_nothing_in_the_folder(two: Operated) -> None:
    """What is chosen is in the person's own settings, and another folder does not see it."""
    before = sorted(two.root.iterdir())
    chosen = two.call("use", "shop")

    assert chosen.out == f"agent shop (rg-shop, {SUBSCRIPTION}), chosen for {two.root}\n"
    assert sorted(two.root.iterdir()) == before
    assert two.call("use").out == chosen.out
    assert two.call("use", "--clear").code == 0
    assert two.call("use").err == f"Nothing is chosen for {two.root}.\n"
    assert two.call("show").code == 2


def test_use_takes_a_stack(two: Operated) -> None:
    two.exports(agentId=agent_path("pay", "rg-sre"))
    chosen = two.call("use", "-s", "local")

    assert chosen.out == f"stack 'local' of {two.root}, chosen for {two.root}\n"
    assert two.call_without_login("show").err.startswith("Agent: pay (rg-sre")


def test_use_refuses_what_is_not_there(two: Operated) -> None:
    assert two.call("use", "cart").err == "error: There is no agent named 'cart'.\n"
    assert two.call("use", "pay", "--clear").code == 2
    assert not two.home.exists()


def test_what_was_chosen_must_be_readable(two: Operated) -> None:
    (two.home / "sre-agent").mkdir(parents=True)
    (two.home / "sre-agent" / "folders.json").write_text("{")

    assert "folders.json is not JSON" in two.call("show").err


def test_a_token_goes_only_where_it_may(operated: Operated) -> None:
    """The endpoint is what ARM says, and is refused where nobody has allowed it."""
    operated.azure.agent("pay")
    operated.azure.forget_requests()
    refused = operated.call("thread", "list", SRE_AGENT_ALLOWED_ENDPOINTS="[]")

    assert refused.code == 2
    assert "is not https below azuresre.ai" in refused.err
    assert operated.azure.requests(plane="data") == []
