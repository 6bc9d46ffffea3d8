"""Links that show whether to trust a site: about, contact, privacy, editorial policy."""

# ruff: noqa: E501, RUF001 - rows of words in many languages

import re
from urllib.parse import unquote, urlsplit

from bot.common.domains import is_platform, registrable
from bot.model.page import PageLinks
from bot.pages.document import Anchor, Document
from bot.pages.word_patterns import compiled

# Patterns for the whole label of a link.
_SAYS = {
    "about": (
        r"(?:(?:learn |read |find out )?more |learn |read )?about(?: (?:us|me|(?:the|this|our) (?:company|firm|site|website|blog|team|author"
        r"|organi[sz]ation|project|shop|store|magazine|business|school|university|museum)|company|page|team))?"
        r"|(?:our|my) (?:story|team|company|mission|history|people)|who we are|meet the team"
        r"|company(?: (?:info\w*|profile|overview))?|(?:the |management |leadership )?team|corporate"
        r"|(?:wir )?(?:ü|ue)ber (?:uns|mich)|wer wir sind|unternehmen|das team"
        r"|qui[ée]nes somos|sobre (?:nosotros|m[ií]|n[óo]s|mim|a empresa)|acerca de(?: \w+)?|nosotros"
        r"|[àa] propos(?: de .*)?|qui sommes[- ]nous.*|l'entreprise|chi (?:siamo|sono)|azienda"
        r"|over (?:ons|mij)|wie zijn wij|o (?:nas|mnie|firmie|n[áa]s|serwisie|spole\w+)"
        r"|quem somos|institucional|a empresa|a compañ[ií]a|om (?:oss|os|mig|meg)|tietoa meist[äa]"
        r"|hakk[ıi]m[ıi]zda|kurumsal|despre(?: noi)?|r[óo]lunk|qui som|tentang kami|gi[ớo]i thi[ệe]u"
        r"|о (?:нас|компании|проекте|магазине|сайте)|про (?:нас|компанію)|за нас|σχετικ[άα].*"
        r"|(?:会社|運営|企業)(?:概要|会社|情報|案内)|私たちについて|关于我们|關於我們|公司简介|회사 ?소개"
        r"|เกี่ยวกับ.*|हमारे बारे में|par mums|apie mus|meist|o společnosti|despre companie|درباره (?:ما|.*)|من نحن|אודות(?:ינו)?|ჩვენს? შესახებ"
    ),
    "contact": (
        r"(?:how to |please )?contact(?:s| us| me| information| details| & .*| and .*|(?: [\w.'-]+){1,4})?"
        r"|get in touch(?: with us)?|customer (?:support|service|care)|reach us|(?:help (?:&|and) )?feedback"
        r"|help (?:&|and) contact info\w*"
        r"|help (?:& contact|and contact)|write to us|(?:give|send) (?:us )?feedback"
        r"|(?:zum )?kontakt(?:e|i|y|ai|formular|ieren| oss| os| aufnehmen)?(?: (?:&|und|i) .*)?|kundenservice"
        r"|contact(?:o|os|er|ez|ez[- ]nous|eer|eer ons|ar|atti|aci|enos|e|a|a con nosotros|a'ns)|contáct\w+"
        r"|nous contacter|contattaci|contatt[io]|fale conosco|contatos?|contactos?|neem contact op"
        r"|klantenservice|ota yhteyttä|yhteystiedot|i̇?leti[sş]im|bize ula[sş][ıi]n|kapcsolat|liên hệ"
        r"|контакт\w*|связаться с нами|обратная связь|зв.?язатися.*|επικοινων[ίι]α|hubungi kami"
        r"|ติดต่อ.*|संपर्क.*|お?問い?合わ?せ.*|ヘルプ・お問い合わせ|联系我们|聯絡我們|联系方式|문의(?:하기)?|تماس با ما"
        r"|اتصل بنا|צור קשר|კონტაქტი"
    ),
    "privacy": (
        r".*\bprivacy\b(?!.*cookie settings).*|.*datenschutz.*|.*(?:aviso|pol[ií]tica).*privaci\w+.*"
        r"|.*privacidad.*|.*privacidade.*|.*confidentialit[ée].*|.*donn[ée]es personnelles.*|privacyverklaring"
        r"|.*riservatezza.*|.*prywatno[śs]c\w*.*|.*ochrana (?:osobn[íi]ch )?[úu]daj.*|.*integritets.*"
        r"|.*personvern.*|.*privatliv.*|.*tietosuoja.*|.*gizlilik.*|.*kvkk.*|.*confiden[țt]ialit.*"
        r"|.*adatv[ée]del.*|.*конфиденциальн.*|.*персональных данных.*|.*конфіденційн.*|.*απ[όο]ρρ.*"
        r"|.*(?:プライバシー|個人情報).*|.*(?:隐私|隱私|私隱).*|.*개인정보.*|.*حریم خصوصی.*|.*الخصوصية.*"
        r"|.*ความเป็นส่วนตัว.*|.*privātum.*|.*privatum.*|.*soukrom.*|.*פרטיות.*|.*bảo mật.*|.*kebijakan privasi.*|.*privasi.*"
    ),
    "editorial": (
        r"editorial (?:policy|policies|guidelines|standards|process|integrity|team)|our editorial.*"
        r"|(?:fact[- ]check\w*|corrections?|ethics|review(?:ing)?) (?:policy|process|guidelines)"
        r"|how we (?:test|review|rate|choose|work|make money).*|(?:our )?review (?:process|methodology)"
        r"|editorial ?(?:code|charter|independence)|redaktion(?:elle .*|sstatut|srichtlinien)?"
        r"|so testen wir.*|l[ií]nea editorial|charte (?:éditoriale|de déontologie)|princípios editoriais"
    ),
}
_LEADS = {
    "about": r"about|about[-_]?(?:us|me)|(?:ue?|%c3%bc)ber[-_]?(?:uns|mich)|our[-_]story|who[-_]we[-_]are"
    r"|quienes[-_]somos|sobre[-_]nosotros|a[-_]propos|qui[-_]sommes[-_]nous|chi[-_]siamo|over[-_]ons"
    r"|quem[-_]somos|o[-_]nas|om[-_]oss|company|our[-_]team|meet[-_]the[-_]team|aboutus",
    "contact": r"contacts?|contact[-_](?:us|me|form|\w{2,12})|contact(?:us|me|form)|kontakt(?:formular)?|contacto|contato|contatti"
    r"|nous[-_]contacter|get[-_]in[-_]touch|fale[-_]conosco|iletisim|customer[-_]?service|feedback",
    "privacy": r"privacy(?:[-_]?(?:policy|notice|statement|center|centre))?|.*privacy[-_]policy.*"
    r"|datenschutz(?:erklae?rung|hinweise?|bestimmungen)?|politica[-_]de[-_]privaci\w+"
    r"|politique[-_]de[-_]confidentialite|privacidad|polityka[-_]prywatnosci|privacyverklaring",
    "editorial": r"editorial[-_](?:policy|guidelines|standards|process|integrity)|how[-_]we[-_]test"
    r"|corrections?[-_]policy|ethics[-_]policy|review[-_]process",
}
_SAYS_RE = {name: compiled(rf"\A(?:{pattern})\Z", re.IGNORECASE) for name, pattern in _SAYS.items()}
_LEADS_RE = {name: compiled(rf"\A(?:{pattern})\Z") for name, pattern in _LEADS.items()}
_ENDING = re.compile(r"\.\w{2,5}$")
_SCHEME = re.compile(r"\A[a-z]+:")
_ABOUT = re.compile(r"about (?:the )?([^\s].{1,40})")
_SIGNS = re.compile(r"\W+")
_LONGEST_NAME, _SHORT = 60, 3
MAX_LABEL = 90
"""Longest label, in characters; anything longer is a sentence."""
_TRIM = " .:»›>→|•·-–—*©\u200b"
# Widgets link to their makers' own policies; those are not the policy of the page.
_MAKERS = frozenset({"google.com", "facebook.com", "disqus.com", "hcaptcha.com", "cloudflare.com"})


def links_of(document: Document) -> PageLinks:
    """Return the first link of each kind; a match by label wins over a match by address."""
    return PageLinks(**{name: _first(document, name) for name in _SAYS})


def outbound_of(document: Document) -> tuple[str, ...]:
    """Return the registrable domains that the page links to, except its own, in order."""
    found = (registrable(anchor.url) for anchor in document.anchors if _is_web(anchor.url))
    return tuple(dict.fromkeys(domain for domain in found if domain and domain != document.site))


def _first(document: Document, name: str) -> str | None:
    candidates = [anchor for anchor in document.anchors if _usable(document, anchor, name)]
    says, leads = _SAYS_RE[name], _LEADS_RE[name]
    site = _Site(document)
    for anchor in candidates:
        label = anchor.text.strip(_TRIM).lower()
        if not label or len(label) > MAX_LABEL:
            continue
        if says.match(label) or site.says(anchor, label, says):
            return anchor.url
        if name == "about" and site.is_about(anchor, label):
            return anchor.url
    for anchor in candidates:
        segments = [part for part in unquote(urlsplit(anchor.url).path).lower().split("/") if part]
        last = _ENDING.sub("", segments[-1]) if segments else ""
        if leads.match(last[:MAX_LABEL]) and len(segments) <= 4:
            return anchor.url
    return None


class _Site:
    """The names that a site uses for itself in link labels: its domain's first part, its name."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._label = _label_of(document.site)
        said = document.meta("og:site_name", "application-name") or ""
        self._keys = {key for key in (_key(self._label), _key(said[:_LONGEST_NAME])) if key}
        spelt = {self._label, self._label.replace("-", " "), said.strip(_TRIM)[:_LONGEST_NAME]}
        self._names = sorted((each.lower() for each in spelt if len(each) > 1), key=len)

    def says(self, anchor: Anchor, label: str, says: re.Pattern[str]) -> bool:
        """Say whether a label means this site by name: “About Acme”, “Acme kontaktieren”."""
        if _label_of(registrable(anchor.url)) != self._label:
            return False
        bare = f" {label} "
        for name in reversed(self._names):
            for said in (f" the {name} ", f" {name}'s ", f" {name}’s ", f" {name} "):
                bare = bare.replace(said, " ")
        bare = " ".join(bare.split()).strip(_TRIM)
        return bare != label and says.match(bare) is not None

    def is_about(self, anchor: Anchor, label: str) -> bool:
        """Say whether “About X” is about this site: X is its name, or the link is in its menu."""
        found = _ABOUT.fullmatch(label)
        if found is None or _label_of(registrable(anchor.url)) != self._label:
            return False
        key = _key(found.group(1))
        named = any(len(key) >= _SHORT and (key in own or own in key) for own in self._keys)
        return named or self._document.is_aside(anchor.node)


def _label_of(domain: str | None) -> str:
    return (domain or "").split(".")[0]


def _key(name: str) -> str:
    return _SIGNS.sub("", name).lower()


def _usable(document: Document, anchor: Anchor, name: str) -> bool:
    """Reject scripts, widget makers' pages and, except for contact, anything but web links."""
    if anchor.url[:7].lower() == "mailto:":
        return name == "contact" and "@" in anchor.url
    if not _is_web(anchor.url):
        # A script may open a contact form; a file of unknown origin has relative links.
        return document.url is None and not _SCHEME.match(anchor.url)
    domain = registrable(anchor.url)
    foreign = domain in _MAKERS or (name == "about" and is_platform(domain or ""))
    return domain == document.site or not foreign


def _is_web(url: str) -> bool:
    return url[:7].lower() in ("http://", "https:/")
