"""Print the part of requirements.lock that the package needs without its extras, on this machine."""

import re
import sys
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).parents[1] / "requirements.lock"
ENTRY = re.compile(r"^(?=[\w.-]+==)", re.MULTILINE)

needed: dict[tuple[str, str], None] = {("pulumi-sre-agent", ""): None}
pending = list(needed)
while pending:
    name, extra = pending.pop()
    for requirement in map(Requirement, requires(name) or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            found = [(canonicalize_name(requirement.name), each) for each in ("", *requirement.extras)]
            pending += [each for each in found if each not in needed]
            needed |= dict.fromkeys(found)
names = {name for name, _ in needed}
for entry in ENTRY.split(LOCK.read_text(encoding="utf-8")):
    if canonicalize_name(entry.partition("==")[0]) in names:
        sys.stdout.write(entry)
