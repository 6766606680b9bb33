"""Following a contribution: its revisions compared, taking back, more time, reminders."""
