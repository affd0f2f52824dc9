"""Custom instructions."""

from support.azure import LocalAzure, error
from support.samples.knowledge import INSTRUCTIONS


def test_instructions_come_back_with_crlf(azure: LocalAzure) -> None:
    """However they were sent; at first there are none, and an agent's go with it."""
    agent = azure.agent()
    early = azure.data("GET", agent, INSTRUCTIONS).json()
    azure.data("PUT", agent, INSTRUCTIONS, {"instructions": "Be brief.\nSay\r\nwhat you know."})

    assert early == {"instructions": ""}
    assert azure.data("GET", agent, INSTRUCTIONS).json() == {
        "instructions": "Be brief.\r\nSay\r\nwhat you know."
    }
    assert error(azure.data("PUT", agent, INSTRUCTIONS, {"text": "x"})) == (400, "BadRequest")
