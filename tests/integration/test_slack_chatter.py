"""Talk among people costs nothing: what is not clearly a question is asked back about, or left."""

from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.common.errors import BadQuestion

ME = "@LinkGap"

QUESTIONS = """
best crm
best crm for small business
crm software
CRM
how to start a blog
how to remove a stripped screw
how much does a new roof cost
how many calories in an egg
what is seo
what is a good credit score
why is the sky blue?
where to buy running shoes
which crm is best for startups
is notion better than evernote
project management software free
hotels in lisbon
plumber near me
truck rental
lost luggage
gravel bike under 2000
c++ tutorial
node.js hosting
best 4k monitor 2026
R&D tools
24/7 emergency dentist
bestes crm für handwerker
meilleur logiciel de comptabilité
managed it services
"thanks giving dinner"
best crm site:ledgerly.example in:de
""".strip().splitlines()

# `ME` marks where the bot is mentioned; without it, the mention comes first.
CHATTER = """
hey Ben, did you see what ME said yesterday? Great stuff
thanks
Thank you so much!
thx :pray:
lol
🎉
:tada: :tada:
great stuff
good bot
nice work everyone
ok cool
danke dir
merci beaucoup
no
yes please!
did you see this?
what do you think about that
I don't agree with these numbers
we should do this for the other client too
can you do that again tomorrow?
that is wrong
why not
is it broken
please stop
Great work, this saved me an hour.
looks good
the numbers look off, sorry
I asked ME about best crm
cc ME
let's ask ME on Monday
""".strip().splitlines()


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, queue=100, site="ledgerly.example") as it:
        it.join("seo")
        yield it


async def say(bot: Bot, text: str) -> None:
    said = text.replace("ME", ME) if "ME" in text.split() else f"{ME} {text}"
    await bot.playground.say("ana", "seo", said)
    await bot.services.jobs.idle()
    await bot.handled()


async def test_thirty_real_questions_run_at_once(bot):
    bot.analysis.error = BadQuestion("Nothing more is looked at here.")
    for question in QUESTIONS:
        await say(bot, question)
    ran = [asked.keyword for asked in bot.analysis.asked]
    assert ran == [*QUESTIONS[:-2], "thanks giving dinner", "best crm"]


async def test_thirty_pieces_of_chatter_spend_nothing_and_say_little(bot):
    for chatter in CHATTER:
        before = len(bot.by_bot())
        await say(bot, chatter)
        new = bot.by_bot()[before:]
        assert len(new) <= 1, chatter
        assert all(note.only_for is not None and "Run this?" in note.text for note in new), chatter
    assert bot.analysis.asked == []


@pytest.mark.parametrize("text", CHATTER[1:13])
async def test_thanks_and_cheers_are_left_alone(bot, text):
    await say(bot, text)
    assert bot.by_bot() == []


async def test_words_that_may_be_talk_are_offered_with_their_price_and_run_on_a_click(bot):
    bot.analysis.prices = {"ahrefs": 150}
    await say(bot, "can you check best crm for me")
    (offer,) = bot.by_bot()
    assert offer.only_for == bot.playground.workspace.user("ana").id
    assert "At most 150 Ahrefs units" in offer.text
    await bot.click(offer, "Run")
    assert [asked.keyword for asked in bot.analysis.asked] == ["can you check best crm for me"]
    assert any("18 to go" in message.text for message in bot.everything())


async def test_not_now_ends_an_offer(bot):
    await say(bot, "what do you think about that")
    (offer,) = bot.by_bot()
    await bot.click(offer, "Not now")
    assert bot.analysis.asked == []
    assert "Nothing was spent" in bot.by_bot()[-1].text


async def test_talk_about_tracking_tracks_nothing_without_a_click(bot):
    await say(bot, "track is not working for me, is it?")
    assert await bot.tracked() == ()
    (offer,) = bot.by_bot()
    await bot.click(offer, "Confirm")
    assert len(await bot.tracked()) == 1


PEOPLE = st.sampled_from(["I", "we", "you", "they", "he", "Ana and I", "those guys", "everyone"])
DOING = st.sampled_from(
    ["saw", "said", "think", "will ask", "can't find", "were told", "looked at"]
)
THING = st.sampled_from(["best crm", "the report", "crm software", "the top 3", "our links", "it"])
TAIL = st.sampled_from([" yesterday", " again", ", right?", "!", ".", " lol", " :joy:", ""])
SENTENCES = st.builds(
    lambda *parts: f"{parts[0]} {parts[1]} {parts[2]}{parts[3]}", PEOPLE, DOING, THING, TAIL
)
ANY = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=30)
# Signs alone before our name, such as those of a list, do not speak to anybody else.
BEFORE = ANY.map(lambda text: text if any(map(str.isalpha, text)) else "so")
AMONG = st.builds(lambda before, after: f"{before.strip()} ME {after}", BEFORE, ANY)


@settings(max_examples=4)
@given(said=st.lists(SENTENCES | AMONG, min_size=4, max_size=4))
async def test_random_talk_never_spends_a_unit_without_a_click(tmp_path_factory, said):
    async with gap_bot(tmp_path_factory.mktemp("talk"), queue=100, site="ledgerly.example") as bot:
        bot.join("seo")
        for text in said:
            await say(bot, text)
        assert bot.analysis.asked == []
        assert await bot.tracked() == ()


@pytest.mark.parametrize(
    "text", ["--help", "-h", "help!", "Help me", "help please", "?", "—help", "usage"]
)
async def test_help_is_understood_however_it_is_asked_for(bot, text):
    await bot.gap(text)
    assert "how many links it takes" in words(bot.by_bot()[-1])
    assert bot.analysis.asked == []


@pytest.mark.parametrize("text", ["list all", "list everything please", "--list", "List!"])
async def test_the_list_is_understood_with_filling_words(bot, text):
    await bot.gap(text)
    await bot.settle()
    assert "tracked" in bot.by_bot()[-1].text.lower()
    assert bot.analysis.asked == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hepl", "help"),
        ("lsit", "list"),
        ("lists", "list"),
        ("setings", "settings"),
        ("budgte", "budget"),
        ("trakc best crm", "track"),
        ("utrack best crm", "untrack"),
        ("histry best crm", "history"),
    ],
)
async def test_a_slip_in_a_command_is_asked_back_about(bot, typed, meant):
    await bot.gap(typed)
    await bot.settle()
    (note,) = bot.by_bot()
    assert f"Did you mean `/gap {meant}`?" in note.text
    assert bot.analysis.asked == []
    await bot.click(note, "Run")
    assert [asked.keyword for asked in bot.analysis.asked] == [typed]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ('"best crm', "is not closed"),
        ("“best crm site:ledgerly.example", "is not closed"),
        ("best crm --site ledgerly.example", "written with a colon"),
        ("https://ledgerly.example/crm", "an address, not a keyword"),
        ("https://www.google.com/search?tbm=isch", "Which keyword?"),
    ],
)
async def test_what_is_no_keyword_is_asked_back_about(bot, typed, sentence):
    await bot.gap(typed)
    await bot.settle()
    assert sentence in bot.by_bot()[-1].text
    assert bot.analysis.asked == []


@pytest.mark.parametrize(
    ("typed", "keyword", "country", "language"),
    [
        (
            "https://www.google.com/search?q=best+crm&gl=de&hl=de&sourceid=chrome",
            "best crm",
            "de",
            "de",
        ),
        ("https://www.google.co.uk/search?q=best%20crm&oq=best", "best crm", "us", "en"),
        ("https://www.google.de/search?q=best+crm&hl=en-GB in:at", "best crm", "at", "en"),
        ("https://www.bing.com/search?q=best+crm&cc=fr&setlang=fr-fr", "best crm", "fr", "fr"),
        ("https://duckduckgo.com/?q=best+crm&kl=es-es&ia=web", "best crm", "es", "es"),
        ("best crm,", "best crm", "us", "en"),
        ("best crm, in:de, lang:de,", "best crm", "de", "de"),
        ("help desk software", "help desk software", "us", "en"),
        ("list of crm tools", "list of crm tools", "us", "en"),
    ],
)
async def test_pasted_searches_and_stray_commas_are_understood(
    bot, typed, keyword, country, language
):
    await bot.gap(typed)
    (asked,) = bot.analysis.asked
    assert (asked.keyword, asked.market.country, asked.market.language) == (
        keyword,
        country,
        language,
    )
