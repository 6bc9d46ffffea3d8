"""How the page behaves in a browser: nothing typed is lost; it works narrow and in the dark."""

import pytest
from fakes.slack.playground_blocks import actions, data_table, field, modal, option, plain
from fakes.slack.playground_scene import button, cells, section, tell
from fakes.slack.playground_world import World, world
from support.chromium import PROGRAM, Tab, chromium

from playground.model import Tabs

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no Chromium here; `apt-get install chromium` adds it"
)

BOX, REPLY = "#channel .composer textarea", "#thread .composer textarea"
MENU = {"type": "overflow", "action_id": "more", "options": [option(), option("Two", "2")]}
KEPT = {"type": "plain_text_input", "action_id": "kept"}
FIRST = modal(field(KEPT, block_id="a"), actions(button("Next", "next")), submit=plain("Save"))
SECOND = modal(section("Page 2"), actions(button("Other", "other")))
HOME = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Outreach")},
        {**section("*12* wait for `you` and <!channel>"), "accessory": button("Open", "open")},
        actions(button("Go", "go", style="primary"), button("Stop", "stop", style="danger"), MENU),
        data_table(
            cells("Domain", "Next"),
            [*cells("a.example"), {"type": "action_cell", "element": button("Write", "write:a")}],
        ),
    ],
}
LONG = "https://a.example/an-address-that-nobody-reads-to-its-end-but-all-may-need"
CSV = "Score,Page,Found\n" + f"9,{LONG},2026-11-01\n" * 7 + f"1055,{LONG}\n"

_UNREADABLE = """(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const faults = [];
  const judge = (element, colour, words) => {
    const style = getComputedStyle(element);
    const [a, b] = [light(rgb(colour)), light(behind(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) faults.push(`${words}: ${ratio.toFixed(2)}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const words = texts.currentNode.data.trim();
    if (!words || !element.checkVisibility() || element.closest(":disabled, option")) continue;
    const isDrawn = element instanceof SVGElement;
    judge(element, getComputedStyle(element)[isDrawn ? "fill" : "color"], words.slice(0, 30));
  }
  for (const box of document.querySelectorAll("textarea:enabled")) {
    judge(box, getComputedStyle(box, "::placeholder").color, "placeholder");
  }
  return faults.join("; ");
})()"""


async def write(tab: Tab, selector: str, text: str) -> None:
    """Type without sending."""
    await tab.see(f"document.querySelector({selector!r})")
    await tab.run(f"document.querySelector({selector!r}).focus()")
    await tab.send("Input.insertText", text=text)


async def value(tab: Tab, selector: str) -> str:
    await tab.see(f"document.querySelector({selector!r})")
    return await tab.run(f"document.querySelector({selector!r}).value")


async def go(tab: Tab, name: str) -> None:
    """Press an entry of the sidebar and wait until it is shown."""
    find = (
        f"[...document.querySelectorAll('.item')].find((one) => one.innerText.includes({name!r}))"
    )
    await tab.see(find)
    await tab.run(f"{find}.click()")
    await tab.see(f"document.querySelector('#channel h1').innerText.includes({name!r})")


async def use(tab: Tab, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    await tab.send("Emulation.setEmulatedMedia", features=features)


async def opened(slack: World, view: dict) -> str:
    ana = slack.playground.workspace.user("ana").id
    trigger_id = slack.playground.workspace.triggers.issue(ana)
    return (await slack.client.views_open(trigger_id=trigger_id, view=view))["view"]["id"]


async def a_list_of_completions_closes_alone(tab: Tab) -> None:
    await write(tab, BOX, "for seo, ")
    await write(tab, REPLY, "Thanks @")
    get = f"document.querySelector('{REPLY}').getAttribute"
    assert await tab.run(f"{get}('role')") == "combobox"
    await tab.see(f"{get}('aria-expanded') === 'true'")
    await tab.press("ArrowDown")
    active = f"document.getElementById({get}('aria-activedescendant'))"
    await tab.see(f"{active}.getAttribute('aria-selected') === 'true'")
    lists = f"document.getElementById({get}('aria-controls'))"
    assert await tab.run(f"{lists}.contains({active}) && {lists}.role") == "listbox"
    await tab.press("Escape")
    await tab.see(f"{get}('aria-expanded') === 'false'")
    assert await tab.run(f"{get}('aria-activedescendant')") is None
    assert await value(tab, REPLY) == "Thanks @"


async def each_place_keeps_its_draft(tab: Tab) -> None:
    """Press Esc again: now the thread closes, and the reply waits in it."""
    await tab.press("Escape")
    await tab.see("document.querySelector('#thread').hidden")
    await tab.see("document.activeElement.className === 'replies'")
    await go(tab, "marketing")
    assert await value(tab, BOX) == ""
    await write(tab, BOX, "for marketing")
    await go(tab, "seo")
    assert await value(tab, BOX) == "for seo, "
    await tab.run("document.querySelector('#channel .replies').click()")
    await tab.see("document.activeElement === document.querySelector('#thread textarea')")
    assert await value(tab, REPLY) == "Thanks @"


async def a_menu_closes_alone(slack: World, tab: Tab, parent: str) -> None:
    block = {**section("x"), "accessory": MENU}
    seo = slack.channel("seo").id
    await slack.client.chat_postMessage(channel=seo, thread_ts=parent, text="x", blocks=[block])
    await tab.click("#thread .overflow summary")
    await tab.see("document.activeElement.role === 'menuitem'")
    await tab.press("Escape")
    await tab.see("!document.querySelector('#thread .overflow').open")
    assert not await tab.run("document.querySelector('#thread').hidden")


async def what_is_refused_comes_back(slack: World, tab: Tab) -> None:
    ana = slack.playground.workspace.user("ana").id
    slack.channel("seo").members.discard(ana)
    await tab.type(BOX, "sent too late")
    await tab.see("document.querySelector('#toast.on')?.innerText.includes('not_in_channel')")
    assert await value(tab, BOX) == "for seo, sent too late"


async def a_form_keeps_its_fields(slack: World, tab: Tab) -> None:
    """Put a second page over the form and take it away, then let the app change the form."""
    view = await opened(slack, FIRST)
    await write(tab, "#field-a", "Ledgerly")
    await tab.click("#modal [data-action=next]")
    got = await slack.endpoint.deliveries(1)
    await slack.client.views_push(trigger_id=got[0].payload["trigger_id"], view=SECOND)
    await tab.see("document.querySelector('#modal [data-action=other]')")
    await tab.click("#modal [aria-label=Close]")
    assert await value(tab, "#field-a") == "Ledgerly"
    changed = {**FIRST, "blocks": [section("Checked"), *FIRST["blocks"]]}
    await slack.client.views_update(view_id=view, view=changed)
    await tab.see("document.querySelector('#modal').innerText.includes('Checked')")
    assert await value(tab, "#field-a") == "Ledgerly"


async def test_what_was_typed_stays_whatever_is_opened_and_closed():
    async with world() as slack, chromium() as tab:
        parent = await tell(slack)
        await tab.open(f"{slack.playground.url}/?user=ana#{slack.channel('seo').id}/{parent}")
        await a_list_of_completions_closes_alone(tab)
        await each_place_keeps_its_draft(tab)
        await a_menu_closes_alone(slack, tab, parent)
        await what_is_refused_comes_back(slack, tab)
        await a_form_keeps_its_fields(slack, tab)
        assert tab.complaints == []


async def test_the_page_is_whole_when_narrow_and_readable_in_the_dark():
    async with world() as slack, chromium() as tab:
        await tell(slack)
        workspace = slack.playground.workspace
        ana, seo = workspace.user("ana").id, slack.channel("seo").id
        await slack.client.files_upload_v2(channel=seo, filename="wide.csv", content=CSV)
        await slack.client.views_publish(user_id=ana, view=HOME)
        await tab.open(f"{slack.playground.url}/?user=ana#seo/latest", width=375)
        await tab.see("document.querySelector('#thread .csv')")

        # Narrow: a button opens the channels, Esc closes only them, and nothing sticks out.
        await tab.click("#thread .rooms-button")
        await tab.see("document.activeElement.getAttribute('aria-current') === 'page'")
        await tab.see("document.querySelector('#thread').inert")
        await tab.press("Escape")
        await tab.see("document.activeElement.classList.contains('rooms-button')")
        assert not await tab.run("document.querySelector('#thread').hidden")
        assert await tab.run("document.documentElement.scrollWidth") == 375
        await tab.click("#thread .rooms-button")
        await go(tab, "LinkGap")
        await tab.see("!document.querySelector('#channel').inert")

        # The home tab: every button reaches the app; a table's button names its row.
        await tab.click("[role=tab]")
        await tab.see("document.querySelector('.home .data-table')")
        for action in ("open", "go", "stop", "write:a"):
            await tab.click(f".home [data-action='{action}']")
        got = await slack.endpoint.deliveries(5)
        assert [one.payload["actions"][0]["action_id"] for one in got[1:]] == [
            "open",
            "go",
            "stop",
            "write:a",
        ]
        for scheme in ("dark", "light"):
            await use(tab, scheme)
            assert await tab.run(_UNREADABLE) == "", scheme

        # What the manifest turns off is not shown.
        slack.app.tabs = Tabs(home=False, is_read_only=True)
        workspace.changed()
        await tab.see("document.querySelector('.closed')")
        assert await tab.run("document.querySelector('[role=tab], .composer')") is None

        # Wide: columns of a file stand under their heads, long cells are cut and say so.
        size = {"width": 1280, "height": 860, "deviceScaleFactor": 1, "mobile": False}
        await tab.send("Emulation.setDeviceMetricsOverride", **size)
        await tab.run(f"location.hash = '{seo}/latest'")
        await tab.see("document.querySelector('#channel .csv')")
        row = "document.querySelector('#channel .csv tbody').rows[0].cells"
        assert await tab.run(f"{row}[1].title") == LONG
        assert await tab.run(f"{row}[1].scrollWidth > {row}[1].clientWidth")
        assert await tab.run(f"getComputedStyle({row}[0]).textAlign") == "right"
        await tab.click("#channel .file .quiet")
        last = "document.querySelector('#channel .csv tbody').rows[7].cells"
        await tab.see(f"{last}[0].innerText === '1055' && {last}.length === 3")
        pinned = "getComputedStyle(document.querySelector('#channel .csv th')).position"
        assert await tab.run(pinned) == "sticky"
        for scheme in ("dark", "light"):
            await use(tab, scheme)
            assert await tab.run(_UNREADABLE) == "", scheme
        assert tab.complaints == []
