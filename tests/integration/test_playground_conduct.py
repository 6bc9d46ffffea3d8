"""How the page behaves in a browser: nothing typed is lost; it works narrow and in the dark."""

import pytest
from fakes.slack.playground_blocks import actions, data_table, field, modal, option, plain, select
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
    blocks = [{**section("x"), "accessory": MENU}, actions(select(option()))]
    seo = slack.channel("seo").id
    await slack.client.chat_postMessage(channel=seo, thread_ts=parent, text="x", blocks=blocks)
    await tab.click("#thread .overflow summary")
    await tab.see("document.activeElement.role === 'menuitem'")
    await tab.press("Escape")
    await tab.see("!document.querySelector('#thread .overflow').open")
    await tab.run("document.querySelector('#thread select').focus()")
    await tab.press("Escape")
    assert (await tab.run("location.hash")).endswith(parent), "the thread stays open"


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


async def every_input_is_sent(slack: World, tab: Tab) -> None:
    """Fill in what has no plain text: several options, several people, a moment, boxes."""
    two = [option("One", "1"), option("Two", "2")]
    kinds = {
        "several": {"type": "multi_static_select", "options": two},
        "people": {"type": "multi_users_select"},
        "places": {"type": "multi_channels_select"},
        "when": {"type": "datetimepicker", "initial_date_time": 1_795_424_400},
        "boxes": {"type": "checkboxes", "options": two},
        "one": {"type": "radio_buttons", "options": two},
    }
    fields = [
        field({**kind, "action_id": "it"}, block_id=name, optional=True)
        for name, kind in kinds.items()
    ]
    await opened(slack, modal(*fields, submit=plain("Send")))
    await tab.see("document.querySelector('#modal #field-several')")
    for at in ("#field-several option", "#field-people option"):
        await tab.run(f"document.querySelectorAll('{at}').forEach((one) => one.selected = true)")
    await tab.run("document.querySelector('[data-block=boxes] input[value=\"2\"]').checked = true")
    await tab.run("document.querySelector('[data-block=one] input').checked = true")
    before = len(slack.endpoint.got)
    await tab.click("#modal [type=submit]")
    got = await slack.endpoint.deliveries(before + 1)
    state = {name: one["it"] for name, one in got[-1].payload["view"]["state"]["values"].items()}
    people = [one.id for one in slack.playground.workspace.users.values() if not one.is_bot]
    assert [one["value"] for one in state["several"]["selected_options"]] == ["1", "2"]
    assert state["people"]["selected_users"] == people
    assert state["places"]["selected_channels"] == []
    assert state["when"]["selected_date_time"] == 1_795_424_400
    assert [one["value"] for one in state["boxes"]["selected_options"]] == ["2"]
    assert state["one"]["selected_option"]["value"] == "1"


async def test_what_was_typed_stays_whatever_is_opened_and_closed():
    async with world() as slack, chromium() as tab:
        parent = await tell(slack)
        await tab.open(f"{slack.playground.url}/?user=ana#{slack.channel('seo').id}/{parent}")
        await a_list_of_completions_closes_alone(tab)
        await each_place_keeps_its_draft(tab)
        await a_menu_closes_alone(slack, tab, parent)
        await what_is_refused_comes_back(slack, tab)
        await a_form_keeps_its_fields(slack, tab)
        await every_input_is_sent(slack, tab)
        assert tab.complaints == []


async def a_button_opens_the_channels(tab: Tab) -> None:
    """Open them over a thread; Esc closes only them, and nothing sticks out of the page."""
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


async def every_button_of_the_home_tab_works(slack: World, tab: Tab) -> None:
    """Press them all; a table's button names its row, and the app may publish anew."""
    await tab.click("[role=tab]")
    await tab.see("document.querySelector('.home .data-table')")
    actions_there = ["open", "go", "stop", "write:a"]
    for action in actions_there:
        await tab.click(f".home [data-action='{action}']")
    _, *got = await slack.endpoint.deliveries(5)
    assert [one.payload["actions"][0]["action_id"] for one in got] == actions_there
    await tab.run("document.querySelector('.home').scrollTop = 60")
    again = {**HOME, "blocks": [*HOME["blocks"], section("Written")]}
    ana = slack.playground.workspace.user("ana").id
    await slack.client.views_publish(user_id=ana, view=again)
    await tab.see("document.querySelector('.home').innerText.includes('Written')")
    assert await tab.run("document.querySelector('.home').scrollTop") == 60


async def what_the_manifest_turns_off_is_not_shown(slack: World, tab: Tab) -> None:
    slack.app.tabs = Tabs(home=False, is_read_only=True)
    slack.playground.workspace.changed()
    await tab.see("document.querySelector('.closed')")
    assert await tab.run("document.querySelector('[role=tab], .composer')") is None


async def a_file_is_a_table_with_a_fixed_head(tab: Tab) -> None:
    """Long cells are cut and say so; numbers end together, however many rows are shown."""
    await tab.see("document.querySelector('#channel .csv')")
    row = "document.querySelector('#channel .csv tbody').rows[0].cells"
    assert await tab.run(f"{row}[1].title") == LONG
    assert await tab.run(f"{row}[1].scrollWidth > {row}[1].clientWidth")
    assert await tab.run(f"getComputedStyle({row}[1]).overflowX") == "hidden"
    assert await tab.run(f"getComputedStyle({row}[0]).textAlign") == "right"
    await tab.click("#channel .file .quiet")
    last = "document.querySelector('#channel .csv tbody').rows[7].cells"
    await tab.see(f"{last}[0].innerText === '1055' && {last}.length === 3")
    pinned = "getComputedStyle(document.querySelector('#channel .csv th')).position"
    assert await tab.run(pinned) == "sticky"


async def everything_can_be_read(tab: Tab) -> None:
    for scheme in ("dark", "light"):
        await use(tab, scheme)
        assert await tab.run(_UNREADABLE) == "", scheme


async def test_the_page_is_whole_when_narrow_and_readable_in_the_dark():
    async with world() as slack, chromium() as tab:
        await tell(slack)
        ana, seo = slack.playground.workspace.user("ana").id, slack.channel("seo").id
        await slack.client.files_upload_v2(channel=seo, filename="wide.csv", content=CSV)
        await slack.client.views_publish(user_id=ana, view=HOME)
        await tab.open(f"{slack.playground.url}/?user=ana#seo/latest", width=375, height=220)
        await tab.see("document.querySelector('#thread .csv')")
        await a_button_opens_the_channels(tab)
        await every_button_of_the_home_tab_works(slack, tab)
        await everything_can_be_read(tab)
        await what_the_manifest_turns_off_is_not_shown(slack, tab)
        size = {"width": 1280, "height": 860, "deviceScaleFactor": 1, "mobile": False}
        await tab.send("Emulation.setDeviceMetricsOverride", **size)
        await tab.run(f"location.hash = '{seo}/latest'")
        await a_file_is_a_table_with_a_fixed_head(tab)
        await everything_can_be_read(tab)
        assert tab.complaints == []
