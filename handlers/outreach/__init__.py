"""The outreach board in Slack: the lists in threads, and the modals that open from them."""
