"""A strict local Slack workspace in the browser. It knows nothing of the bot."""
