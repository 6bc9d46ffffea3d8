"""The workspace that LinkGap is installed in, and who belongs to it.

All that is asked counts for that workspace, whatever team a payload names: in a channel that is
shared with other workspaces Slack names now the channel's owner, now the home of whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Installed:
    """What auth.test says of our token. `enterprise`: the organisation that the workspace is in."""

    team: str
    bot_user: str | None = None
    bot: str | None = None
    enterprise: str | None = None

    def is_for(self, body: Mapping[str, Any]) -> bool:
        """Say whether Slack sent this for our installation, as far as it says for which."""
        view, installations = body.get("view"), body.get("authorizations")
        named = view.get("app_installed_team_id") if isinstance(view, dict) else None
        if installations:
            named = installations[0].get("team_id") or installations[0].get("enterprise_id")
        return named is None or self._is_ours(named)

    def sent_by_a_member(self, body: Mapping[str, Any]) -> bool:
        """Say whether whoever did this is at home here; where Slack does not say so, they are not.

        A person of our organisation whose home Slack gives as another of its workspaces counts as
        one from outside: a request does not tell the two apart.
        """
        event, user = body.get("event"), body.get("user")
        if isinstance(event, dict):
            home = event.get("user_team") or event.get("team")
            return not body.get("is_ext_shared_channel") if home is None else self._is_ours(home)
        home = user.get("team_id") if isinstance(user, dict) else None
        return self._is_ours(home or _team_of(body))

    def knows(self, person: Mapping[str, Any]) -> bool:
        """Say whether the person that users.info describes belongs to us."""
        if person.get("is_stranger"):
            return False
        teams = (person.get("enterprise_user") or {}).get("teams", [])
        return self.team in teams or self._is_ours(person.get("team_id") or self.team)

    def name_in(self, body: dict[str, Any]) -> None:
        """Put our workspace where a handler looks for the team."""
        if "team_id" in body:
            body["team_id"] = self.team
        if "team" in body:
            body["team"] = {**(body["team"] or {}), "id": self.team}

    def _is_ours(self, team: str | None) -> bool:
        return team is not None and team in (self.team, self.enterprise)


def _team_of(body: Mapping[str, Any]) -> str | None:
    team = body.get("team")
    found = team.get("id") if isinstance(team, dict) else body.get("team_id")
    return str(found) if found else None
