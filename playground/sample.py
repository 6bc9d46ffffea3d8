"""The workspace of the demo: a small marketing team, four people, five channels."""

from playground.clock import Clock
from playground.workspace import Workspace


def sample_workspace(*, clock: Clock | None = None) -> Workspace:
    """Return a workspace with people and channels, and no app yet.

    Ana is an admin. Everyone is in the public channels; `leadership` is private (ana and ben),
    `old-campaigns` is archived.
    """
    workspace = Workspace(clock=clock)
    ana = workspace.add_user("ana", "Ana Berger", tz="Europe/Berlin", is_admin=True)
    ben = workspace.add_user("ben", "Ben Carter", tz="America/New_York")
    chidi = workspace.add_user("chidi", "Chidi Okafor", tz="Africa/Lagos")
    mei = workspace.add_user("mei", "Mei Tanaka", tz="Asia/Tokyo")
    everyone = (ana.id, ben.id, chidi.id, mei.id)
    workspace.add_channel("seo", members=everyone, topic="Rankings, links, content")
    workspace.add_channel("marketing", members=everyone, topic="Campaigns and launches")
    workspace.add_channel("general", members=everyone, topic="Company-wide")
    workspace.add_channel("leadership", members=(ana.id, ben.id), kind="private")
    workspace.add_channel("old-campaigns", members=everyone, is_archived=True)
    return workspace
