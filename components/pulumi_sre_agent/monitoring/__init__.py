"""What an agent writes down, and what watches it: telemetry, alerts, spend, dashboard, logs."""
