"""Conversations: threads, their messages, and a scripted agent that answers them.

A thread keeps a log of what happens at which moment, written when a turn begins. Nothing runs in the
background: whoever asks sees what has happened by then, so a turn goes on over a restart. `payloads`
has the bodies, `scripted_agent` decides what the agent does, `turn` lays it out in time, `thread_log`
keeps it.

See docs/reference/run-time.md#threads, docs/reference/run-time.md#approvals, docs/reference/run-time.md#hub.
"""

from .conversation import Opening, start

__all__ = ["Opening", "start"]
