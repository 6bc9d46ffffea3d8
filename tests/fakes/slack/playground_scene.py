"""A realistic conversation for the page: an answer, its thread, a file, charts."""

from fakes.slack.playground_world import World


def mrkdwn(text: str) -> dict:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> dict:
    return {"type": "section", "text": mrkdwn(text)}


def context(text: str) -> dict:
    return {"type": "context", "elements": [mrkdwn(text)]}


def button(label: str, action_id: str, **more: object) -> dict:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "text": text, "value": "r1", **more}


def cells(*values: object) -> list[dict]:
    return [
        {"type": "raw_text", "text": one}
        if isinstance(one, str)
        else {"type": "raw_number", "value": one, "text": f"{one:,}"}
        for one in values
    ]


CONFIRM = {
    "title": {"type": "plain_text", "text": "Run it again?"},
    "text": {"type": "plain_text", "text": "This asks the vendors anew: about 900 units."},
    "confirm": {"type": "plain_text", "text": "Run again"},
    "deny": {"type": "plain_text", "text": "Not now"},
}
ANSWER = [
    section(
        "*You need about 24 referring domains; you have 6; 18 to go.*\n"
        "“best accounting software for startups”, United States, for ledgerly.example"
    ),
    {
        "type": "table",
        "column_settings": [{"align": "right"}, {}, {"align": "right"}, {"align": "right"}],
        "rows": [
            cells("#", "Page", "Referring domains", "DR"),
            cells(1, "finstack.example/best-accounting-software", 55, 71),
            cells(2, "startupguide.example/accounting", 1, 64),
            cells(3, "reviewhub.example/accounting/startups", 15, 78),
        ],
    },
    context(
        "Mean of the present top 3: 23.67 · median 15 · low–high 1–55 · "
        "multiplier ×1 (rule of thumb)"
    ),
    context(
        "Sample data · as of <!date^1795424400^{date_short_pretty} at {time}|2026-11-23 09:00 UTC>"
    ),
    {
        "type": "actions",
        "elements": [
            button("Run again", "again", confirm=CONFIRM),
            button("Show all", "all"),
            button("Name our page", "page", style="primary"),
        ],
    },
]
PROSPECTS = {
    "type": "data_table",
    "caption": "25 of 61 prospects, best first",
    "page_size": 10,
    "rows": [
        cells("Score", "Domain", "Links to", "DR", "Why"),
        *(
            cells(
                92 - turn * 2,
                f"{name}{turn}.example",
                f"{3 - turn % 3} of 3",
                74 - turn,
                "follow, from a “best tools” list",
            )
            for turn, name in enumerate(
                ["ledgerweekly", "saasnotes", "founderdesk", "taxtalk", "cfohub"] * 5
            )
        ),
    ],
}
PACE = {
    "type": "data_visualization",
    "title": "Net new referring domains a month",
    "chart": {
        "type": "line",
        "axis_config": {
            "categories": ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"],
            "y_label": "Domains",
        },
        "series": [
            {
                "name": name,
                "data": [
                    {"label": label, "value": value}
                    for label, value in zip(
                        ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"], values, strict=True
                    )
                ],
            }
            for name, values in {
                "ledgerly": [1, 0, 2, 1, 1, 3],
                "finstack": [4, 5, 3, 6, 7, 6],
                "reviewhub": [2, 2, 3, 1, 4, 2],
            }.items()
        ],
    },
}
KINDS = {
    "type": "data_visualization",
    "title": "What the prospects are",
    "chart": {
        "type": "pie",
        "segments": [
            {"label": "Lists", "value": 31},
            {"label": "Guides", "value": 18},
            {"label": "News", "value": 8},
            {"label": "Forums", "value": 4},
        ],
    },
}
METHOD = section(
    "*How this number came about*\n"
    "`ceil(mean(55, 1, 15)) = 24`, and our authority is _not_ behind, so ×1.\n"
    "> What the present top 3 have, never a promise.\n"
    "Source: <https://api.example/v3|Ahrefs v3>, 10 rows, complete. "
    "R&amp;D &lt;!channel&gt; is only text."
)


async def tell(world: World) -> str:
    """Post the whole conversation into #seo; return the ts of its parent."""
    seo, client = world.channel("seo").id, world.client
    world.bot_joins("seo")
    workspace = world.playground.workspace
    ben = workspace.user("ben").id
    workspace.post(seo, ben, "Morning. Which keyword do we look at first this week?")
    workspace.post(seo, ben, f"<@{workspace.user('ana').id}> could you ask for the accounting one?")
    world.clock.advance(95)
    parent = await client.chat_postMessage(channel=seo, text="Working on it", blocks=[])
    world.clock.advance(4)
    await client.chat_update(channel=seo, ts=parent["ts"], text="24 needed", blocks=ANSWER)
    thread = {"channel": seo, "thread_ts": parent["ts"]}
    await client.chat_postMessage(**thread, text="Prospects", blocks=[PROSPECTS])
    csv = "score,domain,links_to,dr,anchor\n" + "".join(
        f'{92 - turn},site{turn}.example,"3 of 3, follow",{74 - turn},best tools\n'
        for turn in range(61)
    )
    await client.files_upload_v2(
        **thread, filename="prospects.csv", content=csv, title="All 61 prospects"
    )
    await client.chat_postMessage(**thread, text="Pace", blocks=[PACE, KINDS])
    await client.chat_postMessage(**thread, text="Method", blocks=[METHOD])
    await client.chat_postEphemeral(
        channel=seo,
        user=workspace.user("ana").id,
        text="I cannot post into `#leadership`: `/invite @linkgap`",
    )
    return parent["ts"]
