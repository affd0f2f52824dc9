"""What JSON bodies are made of: values, times, merge patches, and which members hold secrets."""

import re
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def merge(target: Any, patch: Any) -> Any:
    """Return the value that a JSON merge patch (RFC 7396) makes of `target`; null removes a member."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def timestamp(seconds: float) -> str:
    """Return UTC as Azure writes it, with seven decimals: `2026-11-22T09:30:00.1234560Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


_SECRET_MEMBER = re.compile(
    r"(token|secret|password|pat|key|credential|connectionstring|signature|sig|code)$", re.IGNORECASE
)


def is_secret_name(name: str) -> bool:
    """Say whether a member or query parameter of this name holds a secret."""
    return bool(_SECRET_MEMBER.search(name.replace("-", "").replace("_", "")))
