"""`sre-agent thread show`: one conversation."""

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.thread.options import ThreadId

EPILOG = epilog(
    "sre-agent thread show 1f6a2c3d",
    "sre-agent thread show 1f6a2c3d > thread.md",
    "sre-agent thread show 1f6a2c3d --json | jq '.messages[].text'",
)


@with_target
def show(thread_id: ThreadId, target: Target, *, json: Json = False) -> None:
    """Print a conversation: what was said, and the commands with their outputs.

    On a terminal it is laid out, elsewhere it is Markdown.
    """
    from pulumi_sre_agent.cli.thread import transcript  # noqa: PLC0415 - --help stays quick

    with target.open() as agent:
        thread = agent.threads.find(thread_id)
        conversation = agent.threads.messages(thread.id)
    if json:
        messages = [each.model_dump(by_alias=True, mode="json") for each in conversation.messages]
        body = thread.model_dump(by_alias=True, mode="json")
        terminal.result_json(body | {"state": conversation.state, "messages": messages})
    else:
        terminal.result_markdown(transcript.render(thread, conversation).rstrip("\n"))
