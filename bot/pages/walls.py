"""Bot walls: pages that a site sends, often with status 200, instead of the page asked for."""

# ruff: noqa: E501 - rows of words

import re

from bot.pages.document import Document
from bot.pages.word_patterns import compiled

_MOST_WORDS, _MOST_PROSE = 300, 8
# Titles or first headings that only bot walls have.
_TITLED = compiled(
    r"\A\W*(?:just a moment|attention required|are you (?:a )?(?:human|robot)|robot or human|pardon our interruption"
    r"|one more step|please wait\W+(?:checking|verifying)|checking your browser|ddos-guard|bot (?:check|verification|detection)"
    r"|(?:human|security|browser|robot|captcha) (?:check|verification|challenge)|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|captcha|you have been blocked|access (?:to this page )?(?:has been )?(?:denied|blocked|temporarily limited)|request (?:blocked|rejected)"
    r"|(?:let us know|tell us|show us|confirm|prove)(?: that)? you(?:['’]re| are) not a robot"
    r"|sicherheits(?:überprüfung|check)|bist du ein mensch|sind sie ein (?:mensch|roboter)|vérification de sécurité|êtes-vous un (?:robot|humain)"
    r"|verificación de seguridad|sei umano|проверка браузера|доступ ограничен|安全验证|人机验证)\b",
    re.IGNORECASE,
)
_SAID = compiled(
    r"(?:verify(?:ing)?|confirm|prove|make sure|ensure)(?: that)? you(?:'re| are) (?:a |not a )?(?:human|robot|bot)|checking (?:if the site|your browser)"
    r"|unusual (?:traffic|activity)|automated (?:access|requests|queries|traffic)|press (?:&|and) hold|not a robot|i am human|ddos protection by"
    r"|enable javascript and cookies to continue|please enable js and disable any ad blocker|enter the characters you see|complete the (?:captcha|security check)"
    r"|ray id|incident id|reference #\d|why have i been blocked|you have been blocked|performance (?:&|and) security by"
    r"|ich bin kein roboter|ungewöhnliche(?:r|n)? (?:datenverkehr|zugriffe)|je ne suis pas un robot|no soy un robot|non sono un robot|я не робот",
    re.IGNORECASE,
)
_MADE_BY = (
    "script[src*='/cdn-cgi/challenge-platform/'], [id*=challenge-form], [class~=cf-error-details], "
    "iframe[src*='_Incapsula_Resource'], [id=px-captcha], script[src*='captcha-delivery.com'], "
    "script[src*='perimeterx'], form[action*='validateCaptcha'], iframe[src*='geo.captcha']"
)


def is_wall(document: Document) -> bool:
    """Say whether a page is a check for robots instead of the page asked for.

    Two of three must agree: its title, its text, who made it. Real pages contain such scripts too,
    so a page with much text is never a wall.
    """
    if document.words > _MOST_WORDS or len(document.prose) > _MOST_PROSE:
        return False
    titles = (document.title or "", document.h1 or "")
    called = any(map(_TITLED.search, titles))
    said = _SAID.search(document.text) is not None
    made = document.tree.css_first(_MADE_BY) is not None
    return called + said + made > 1
