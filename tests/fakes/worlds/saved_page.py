"""A page as a shop might have saved it."""

from bot.pages.facts import facts_of

URL = "https://www.shop.example/blog/how-to-sew"


def page(body="", head="", url=URL):
    html = (
        f"<!doctype html><html><head>{head}</head><body><p>{'word ' * 60}</p>{body}</body></html>"
    )
    return facts_of(html, url)


def ld(text):
    return f'<script type="application/ld+json">{text}</script>'
