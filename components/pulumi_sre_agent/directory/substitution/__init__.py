"""What is put into documents: answers to prompts, variables, the texts of other files."""
