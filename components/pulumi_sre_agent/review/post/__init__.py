"""A report, written to where its readers are: a comment of a pull request, an issue, the job's summary."""
