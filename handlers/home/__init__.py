"""The home tab: facts.py reads what stands there, tab.py publishes it and takes its clicks."""
