"""`python -m sre_agent_local.azure`: run the local Azure in the foreground."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .server.process import CannotStart, serve
from .state.settings import LocalSettings

DEFAULT_PORT = 4281


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 after an orderly stop, 1 if the server cannot start, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    settings = LocalSettings(
        operation_seconds=options.operation_seconds,
        ready_seconds=options.ready_seconds,
        platform_seconds=options.platform_seconds,
    )
    try:
        serve(options.data.resolve(), options.port, settings, with_tls=options.tls)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sre_agent_local.azure",
        description="Azure SRE Agent, both planes, on 127.0.0.1. GET / on the port explains the rest.",
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder for everything it keeps; made if missing"
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="default %(default)s; 0: any free port"
    )
    parser.add_argument(
        "--tls",
        action="store_true",
        help="speak https beside http, by the certificate authority DATA/tls/ca.pem",
    )
    parser.add_argument(
        "--operation-seconds",
        type=_seconds,
        default=2.0,
        help="how long operations take (default %(default)s)",
    )
    parser.add_argument(
        "--ready-seconds",
        type=_seconds,
        default=2.0,
        help="how long after its creation an agent's data plane answers (default %(default)s)",
    )
    parser.add_argument(
        "--platform-seconds",
        type=_seconds,
        default=2.0,
        help="how long after ARM an agent sees its incident platform (default %(default)s)",
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise ValueError
    return seconds


if __name__ == "__main__":
    sys.exit(main())
