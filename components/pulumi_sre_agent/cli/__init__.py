"""The `sre-agent` command."""


def main() -> None:
    """Run the command line; the process ends with its exit code (see `sre-agent --help`)."""
    from pulumi_sre_agent.cli.app import app  # noqa: PLC0415 - --help stays quick

    app()
