"""The process of the program, where the engine gives up before it has told it all."""

import subprocess
import sys

import pytest

from sre_agent_local.engine.language_host import FAILED


@pytest.mark.parametrize("told", ["", "null\n"], ids=["nothing", "of the provider alone"])
def test_it_ends_without_a_word(told: str) -> None:
    command = [sys.executable, "-m", "sre_agent_local.engine.language_host"]
    ended = subprocess.run(command, input=told, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (FAILED, "", "")
