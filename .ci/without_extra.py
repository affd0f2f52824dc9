"""What must work where the wheel is installed without its extras: run by that environment's Python."""

import importlib
import pkgutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pulumi_sre_agent as sre

SENTENCE = (
    "error: `sre-agent local` needs re2 and starlette and uvicorn: "
    "run `pip install 'pulumi-sre-agent[local]'`.\n"
)

OF_EXTRA_POLICY = {"pulumi_sre_agent.review.policy.pack"}
"""What only a policy pack imports, with `pulumi-sre-agent[policy]`."""


def run(*words: str) -> tuple[int, str, str]:
    program = Path(sys.executable).with_name("sre-agent")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


assert "site-packages" in Path(sre.__file__).parts, f"{sre.__file__} is not the wheel's"
assert not find_spec("starlette"), "the extra is installed"
for module in pkgutil.walk_packages(sre.__path__, "pulumi_sre_agent."):
    if module.name not in OF_EXTRA_POLICY:
        importlib.import_module(module.name)
assert all(hasattr(sre, name) for name in sre.__all__)
code, out, err = run("--help")
assert (code, err) == (0, ""), err
assert " local " in out
for words in ((), ("--help",), ("up",), ("status", "--json")):
    assert run("local", *words) == (2, "", SENTENCE), run("local", *words)
