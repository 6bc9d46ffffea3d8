"""`linkgap manifest`: the manifest to paste at api.slack.com/apps to create the app."""

import click
import yaml

from bot.cli._terminal import say
from bot.common.errors import ConfigError
from handlers.slack.manifest import for_http, read_manifest


@click.command(name="manifest")
@click.option("--url", help="Public https address of the bot; without it: Socket Mode.")
def command(*, url: str | None) -> None:
    """Print the Slack app manifest, for Socket Mode or HTTP."""
    manifest = read_manifest()
    if url:
        try:
            manifest = for_http(manifest, url)
        except ConfigError as error:  # here it is an option that cannot be read
            raise click.UsageError(str(error)) from None
    say(yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True), nl=False)
