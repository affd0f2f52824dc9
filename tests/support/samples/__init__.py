"""One sample of every kind, and for each of its properties another value: what the common suite runs on."""

from pulumi_sre_agent.api.kinds import KINDS, Kind, Plane

from .basic import BASIC
from .connectors import CONNECTORS, VARIANTS
from .extensions import EXTENSIONS
from .incidents import INCIDENTS
from .knowledge import KNOWLEDGE
from .sample import AGENT_ID, GROUP_ID, LONG, Json, Sample

__all__ = ["AGENT_ID", "GROUP_ID", "LONG", "ROWS", "SAMPLES", "VARIANTS", "Json", "Sample"]

SAMPLES: dict[str, Sample] = {
    **BASIC,
    **CONNECTORS,
    **KNOWLEDGE,
    **EXTENSIONS,
    **INCIDENTS,
}
"""A kind with a row in the registry and no sample here fails the suite."""

ROWS: list[tuple[Kind, Plane]] = [(kind, plane) for kind in KINDS for plane in kind.planes]
