"""Conversations: threads, their messages, and a scripted agent that answers them.

A thread keeps a log of what happens at which moment, written when a turn begins. Nothing runs in the
background: whoever asks sees what has happened by then, so a turn goes on over a restart.

`script` reads scripts, `loaded_script` knows the one in force, `occasion` finds the turn that answers a
message, `scripted_agent` does its steps, `gate` says what a tool call meets, by the `circumstances` of the
agent and by what `tools` knows; `turn` lays it all out in time, `payloads` has the bodies, `thread_log`
keeps it.

See docs/reference/run-time.md#threads, docs/reference/run-time.md#approvals, docs/reference/run-time.md#hub.
"""

from .conversation import Opening, start
from .occasion import Origin

__all__ = ["Opening", "Origin", "start"]
