"""`sre-agent api`: a request of one's own."""

from pulumi_sre_agent.cli.api.command import EPILOG, api

__all__ = ["EPILOG", "api"]
