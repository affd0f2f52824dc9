"""An SRE Agent with everything around it."""
