"""`sre-agent thread export`: a conversation as one page."""

from pulumi_sre_agent.cli import documents
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.thread.options import ThreadId

EPILOG = epilog(
    "sre-agent thread export 1f6a2c3d -o checkout.html", "sre-agent thread export 1f6a2c3d > t.html"
)


@with_target
def export(
    thread_id: ThreadId,
    target: Target,
    *,
    output: documents.Output = None,
) -> None:
    """Write a conversation as one HTML page that loads nothing, to keep or to send on.

    It holds all that was said, and the outputs of commands: look through it before others get it.
    """
    from pulumi_sre_agent.cli.thread import page, transcript  # noqa: PLC0415 - --help stays quick

    with target.open() as agent:
        thread = agent.threads.find(thread_id)
        text = transcript.render(thread, agent.threads.messages(thread.id))
    html = page.render(thread.title or "Thread", text)
    documents.write(html, output, "The page")
