"""What a team does about its prospects, in Slack: lists, modals and reminders."""
