"""The data plane of every agent: a module per subject with its `ROUTES` each, and `dispatch` in front."""
