"""Azure Resource Manager: a module per subject with its `ROUTES` each, and `dispatch` in front."""
