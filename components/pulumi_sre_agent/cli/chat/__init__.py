"""`sre-agent chat`: a conversation with an agent."""

from pulumi_sre_agent.cli.chat.command import EPILOG, chat

__all__ = ["EPILOG", "chat"]
