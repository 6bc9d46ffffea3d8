"""Invented competitors and first pages, and a shortcut to compute their need."""

from bot.gap.need import count_need
from bot.model.links import Authority, Scale, SerpRow
from bot.model.report import Competitor, Need


def page(name, links, authority=None, *, site=None, scale=Scale.DR, platform=False):
    return Competitor(
        position=None,
        url=f"https://{name}.example/best",
        domain=site or f"{name}.example",
        title=None,
        referring_domains=links,
        backlinks=None,
        authority=authority,
        authority_scale=None if authority is None else scale,
        platform=platform,
    )


def pages(links, authorities=(None,) * 10):
    return [page(f"p{i}", n, a) for i, (n, a) in enumerate(zip(links, authorities, strict=False))]


def serp(authorities, links, *, scale=Scale.DR):
    return [
        SerpRow(
            position=place,
            url=f"https://s{place}.example/",
            title="",
            domain=f"s{place}.example",
            authority=None if authority is None else Authority(authority, scale),
            referring_domains=count,
        )
        for place, (authority, count) in enumerate(zip(authorities, links, strict=True), start=1)
    ]


def need(competitors, field=(), *, own=None, scale=Scale.DR, have=None) -> Need:
    own_authority = None if own is None else Authority(own, scale)
    return count_need(competitors, field, own_authority=own_authority, have=have)
