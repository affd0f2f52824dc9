"""Conversations: threads, their messages, and a scripted agent that answers them (C.1, C.2, D).

A thread keeps a log of what happens at which moment, written when a turn begins. Nothing runs in the
background: whoever asks sees what has happened by then, so a turn goes on over a restart. `shapes` has the
bodies, `agent` decides what the scripted agent does, `turn` lays it out in time, `log` keeps and reads it.
"""

from .conversation import start

__all__ = ["start"]
