"""LinkGap, the product, without Slack."""
