"""What happens at run time: threads, approvals, triggers, tasks, incidents, knowledge, usage."""
