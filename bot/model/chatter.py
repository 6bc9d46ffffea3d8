"""Whether words read as a question to us, as something to ask back about, or as small talk.

It decides what a mention may start without a click, and only in one direction is it strict: what
could be talk is asked back about, because a wrong guess then costs a click and not a paid run.
Words in quotes are always a keyword.
"""

import re
from enum import Enum

from bot.model.question import end_of_quoted, has_option, unmarked
from bot.model.search_address import is_search_address


class Reads(Enum):
    """How words read."""

    QUESTION = "question"
    UNSURE = "unsure"
    SMALL_TALK = "small talk"


MOST_WORDS = 10
"""Keywords are shorter; the longest that people ask for have about eight words."""

_EMOJI = re.compile(r"(?<![\w/]):[\w+'-]{1,60}:|[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]+(?:['’.+#&/-]+[^\W_]+)*")
# A sentence ends, a list goes on, somebody is named, or a line breaks: keywords have none of it.
_SENTENCE = re.compile(r"[.!…;:](?=\s|$)|[,\"“”()\n@<>]|[?!].|^\W*[?!]")

_SMALL_TALK = frozenset(
    """
    a agreed ah aha all amazing and appreciated awesome bot bravo brilliant bye cheers congrats
    cool
    day done dope enjoy evening everybody everyone excellent fantastic fine folks for friend good
    goodbye got great guys ha haha hahaha hehe hello help hey hi hooray hm hmm hmmm indeed
    interesting
    it job k kudos legend like lmao lol love luck lovely man mate morning much my neat never nice
    night
    no nope np oh ok okay omg one oops ouch perfect please pls plus point rofl same sorry
    stuff super sure sweet that thank thanks thanx the there this thx time to true ty u very wait
    wow
    work yay yeah yep yes yikes you your yup
    so dir euch ihnen bitte danke gern gerne klasse prima schön vielen dank lieben merci beaucoup
    bravo bonjour salut
    gracias muchas hola grazie mille ciao prego obrigado obrigada olá bedankt dank je wel tack hej
    moin servus ja nein genau
    """.split()  # noqa: SIM905 - a list of words, not of lines
)
# Small talk has one of these; without one, "the good night" is a keyword.
_LEAD = _SMALL_TALK - frozenset(
    """
    a all and bot day for friend good help it job like luck man much my night one point stuff super
    that the there this time to very work you your love fine evening morning done never dank je
    so plus same please sure sweet true wait neat fantastic no wel mate u
    """.split()  # noqa: SIM905 - a list of words, not of lines
)
_PRAISE = re.compile(
    r"(?:very |so |really )?(?:good|great|nice|well|super) "
    r"(?:bot|job|work|one|stuff|point|done|luck|call|idea)"
)

_TALK = frozenset(
    """
    i i'm im i've i'd i'll ive me my mine myself we we're we've we'd we'll our ours you you're
    youre
    you've you'd you'll your yours u ur he he's she she's him his her hers they they're they've
    them
    their this these those that's thats it's there's here's what's whats who's where's how's
    let's lets gonna wanna gotta kinda
    did didn't didnt doesn't doesnt don't dont was were wasn't weren't hasn't haven't hadn't had
    isn't aren't would wouldn't could couldn't should shouldn't can't cant cannot won't wont
    please pls hey hi hello hiya yo thanks thank thx ty cheers sorry lol lmao haha wow omg btw fyi
    imo
    yeah yep yes yup nope ok okay sure maybe perhaps actually basically honestly really btw anyway
    yesterday today tomorrow tonight said says saying told asked saw seen looks looked looking
    seems
    seemed think thinks thought believe guess hope wish wonder wondering remember forgot
    guys everyone everybody anyone anybody someone somebody nobody
    agreed again still already yet broken wrong somehow something anything nothing everything
    ich du wir ihr hat habe haben habt ist sind bist bitte danke kannst könnt nicht doch mal auch
    mir mich dir dich uns euch
    je j'ai tu nous vous c'est n'est merci est-ce moi toi
    yo él ella nosotros está están gracias hola
    io lui lei noi sono grazie ciao
    eu você nós obrigado obrigada
    ik jij hij zij wij bedankt alsjeblieft
    """.split()  # noqa: SIM905 - a list of words, not of lines
)
_FIRST = frozenset(
    """
    and but so or because also then if check look see tell give show send run try ask remind
    explain
    wait stop forget ignore shut sounds seems looks feels love nice cool can could will does do has
    have let no not just oh well ah hm hmm
    """.split()  # noqa: SIM905 - a list of words, not of lines
)
_LAST = frozenset("it that this there here up on now then too though right going again".split())  # noqa: SIM905 - a list of words
_VERBS = frozenset("is are am was were has have be been being will went goes got".split())  # noqa: SIM905 - a list of words
_ASKS = frozenset("how what why when where which who is are".split())  # noqa: SIM905 - a list of words
_SMALL_QUESTION = re.compile(
    r"(?:how (?:is|are|was|were|come|about)|what (?:about|happened|now|else|for|the|a)"
    r"|why (?:not|so)|who (?:is|are) (?:on|in|at|up|going|next|free|out|here)|which one)\b"
)
_A_FEW = 2


def reads_as(words: str) -> Reads:
    """Say how words after our name read; Slack's markup is gone from them already."""
    said = unmarked(words.strip())
    if end_of_quoted(said) or is_search_address(said):
        return Reads.QUESTION
    bare = _EMOJI.sub(" ", said)
    found = [word.lower().replace("’", "'") for word in _WORD.findall(bare)]
    if _is_small_talk(found):
        return Reads.SMALL_TALK
    text, options = has_option(said)
    if options:
        found = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    text, found = _without_near_me(text, found)
    if bare != said or not _LETTER.search(text) or not found or _is_talk(text.strip(), found):
        return Reads.UNSURE
    return Reads.QUESTION


def _without_near_me(text: str, found: list[str]) -> tuple[str, list[str]]:
    """Leave out the "near me" of keywords, the one place where they speak of a person."""
    if found[-2:] == ["near", "me"]:
        return text.lower().removesuffix("near me"), found[:-2]
    return text, found


def _is_small_talk(found: list[str]) -> bool:
    if not found:
        return True
    if _PRAISE.fullmatch(" ".join(found)):
        return True
    return set(found) <= _SMALL_TALK and not _LEAD.isdisjoint(found)


def _is_talk(text: str, found: list[str]) -> bool:
    """Say whether a sentence to people is likelier than a keyword."""
    if len(found) > MOST_WORDS or _SENTENCE.search(text):
        return True
    if not _TALK.isdisjoint(found) or found[0] in _FIRST:
        return True
    if len(found) > 1 and found[-1] in _LAST:
        return True
    asks = found[0] in _ASKS
    if asks and (len(found) <= _A_FEW or _SMALL_QUESTION.match(" ".join(found))):
        return True
    return not asks and not _VERBS.isdisjoint(found)
