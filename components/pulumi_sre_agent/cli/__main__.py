"""`python -m pulumi_sre_agent.cli`, for who calls the command with the same Python."""

from pulumi_sre_agent.cli import main

if __name__ == "__main__":
    main()
