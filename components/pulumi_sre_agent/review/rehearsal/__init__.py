"""Rehearsals: what an agent does with prompts, triggers and incidents, beside what it is to do."""
