"""Outreach: who is asked for a link, by whom, and what came of it."""
