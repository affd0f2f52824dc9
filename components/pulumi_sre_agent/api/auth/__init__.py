"""Logging in: credentials, clouds and tokens."""
