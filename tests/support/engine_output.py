"""What the real Pulumi CLI prints of a run that fails."""

STACK = "    pulumi:pulumi:Stack shop-prod running "
INTERRUPTION = f"""\
{STACK}Traceback (most recent call last):
{STACK}  File "pulumi-language-python-exec", line 232, in <module>
{STACK}KeyboardInterrupt
{STACK}During handling of the above exception, another exception occurred:
{STACK}Traceback (most recent call last):
{STACK}    t.join()
{STACK}KeyboardInterrupt
"""
REASON = "    sre:Skill triage  error: PUT skills/triage failed\n"
