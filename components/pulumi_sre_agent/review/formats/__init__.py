"""How a report is written down."""
