"""Words in addresses and titles that tell what kind of page it is, in the languages of the web.

Each row: kind, weight, pattern, and the words the evidence is given in. Weights are small whole or
half numbers: 1 hints, 3 speaks, 5 settles it unless something contradicts.
"""

# ruff: noqa: E501, RUF001 - rows of words in many languages, one kind a line

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row. `words` may hold {} for what was found."""

    kind: str
    weight: float
    pattern: re.Pattern[str]
    words: str


def _rows(words: str, *rows: tuple[str, float, str]) -> tuple[Pattern, ...]:
    return tuple(Pattern(k, w, re.compile(p, re.IGNORECASE), words) for k, w, p in rows)


IN_HOST = _rows(
    "its host is named “{}”",
    ("forum", 3, r"^(?:forums?|community|discuss|discourse|boards?|answers|talk)\.|\bforums?\b"),
    ("guide", 2.5, r"^(?:docs?|documentation|help|learn|wiki|manual|developers?|tutorials?|support|kb)\.|recipes?|rezepte?|recetas|recettes|\bdocs\b"),
    ("category", 1, r"^(?:jobs|careers|directory|listings)\.|classifieds"),
    ("product", 1, r"^(?:shop|store|buy)\."),
    ("news", 1.5, r"news(?!letter)|nachrichten|zeitung|times\b|tribune|herald|gazette|journal\b|\b(?:la)?presse?\b|noticias|daily"),
    ("video", 2, r"^(?:video|tv|watch|media)\.|\btube|tube\."),
    ("review", 1, r"reviews?\b|testberichte?"),
    ("tool", 1.5, r"calculator|converter|generator|rechner|calc\b"),
    ("other", 3, r"^(?:login|accounts?|auth|sso|status|events?|legal)\.|lyrics|dictionary"),
)  # fmt: skip

IN_PATH = _rows(
    "its address says “{}”",
    ("forum", 3, r"/(?:forums?|threads?|topics?|discussions?|showthread|viewtopic|showtopic|boards?|community|bbs|foro|communaute|discuss|qna|ask)(?=[/._-]|$)|/thread[-_]?\d|/t/[^/]+/\d+|/d/\d+|/questions?/[\w-]*\d+|/r/\w+/comments/|forumdisplay|/frage[n-]"),
    ("product", 2.5, r"/(?:products?|produkte?|productos?|produits?|prodotti|produkty?|items?|dp|apps?|pricing|preise|prices|plans|services?|solutions|packages|leistungen|features|artikel|tovar|software|store/apps)(?=[/-]|$)"),
    ("category", 3, r"/(?:(?:product[-_]?)?categor(?:y|ies|ia|ias|ie)|categories|kategorien?|rubrik|collections?|catalog(?:ue|o)?|directory|tags?|topics?/all|classifieds|listings?|brands?|marken|courses|kurse|\w*_?kategorien?|\w*kategorie|jobs|stellenangebote|empleos?|emplois?|c|search|suche|browse|departments?|shop|store|archive|deals|angebote|for-(?:sale|rent))(?:[-/]|$)(?!.*/(?:products?|p|item)/)"),
    ("category", 1, r"-(?:products|supplies|shoes|deals|jobs|courses|for-sale|online-kaufen)(?:\.\w+)?/?$"),
    ("review", 3, r"(?:^|[/_-])(?:reviews?|rezension(?:en)?|rezi|kritik|testberichte?|erfahrung(?:en|sbericht)?|vs|versus|tested|im-test|compared|comparison|vergleich|comparati\w+|recensione|rese[nñ]a|critique|opiniones|avis|hands-on|first-look|recenzja|obzor)(?=[/._-]|$)|-test(?:/|$|\.)"),
    ("news", 2.5, r"/(?:news|newsroom|press|press[-_]?releases?|news-releases?|pressemitteilung(?:en)?|pressemeldung(?:en)?|presse|noticias?|nachrichten|actualites?|actu|aktuelles|politics|politik|politica|politique|world|us|uk|local|nation|sports?|nyheter|nieuws|notizie|cronaca|breaking|novosti|wiadomosci)(?=[/\d-]|$)"),
    ("guide", 3, r"/(?:docs?|documentation|guides?|tutorials?|manuals?|man-pages|man\d|how-?tos?|recipes?|recetas?|rezepte?|recettes?|przepis(?:y)?|ricette|receitas?|learn|kb|reference|ref|ratgeber|anleitung(?:en)?|wiki|help|hc|faq|tips|support|quickstart|getting-started)(?=[/-]|$)|[/-]how-(?:to|do)-|[/-](?:guide|tutorial|tips|anleitung|recipe|rezept|explained|for-beginners)(?=[/._-]|$)|/(?:wie|como|comment|so)-\w+-"),
    ("list", 2.5, r"[/-](?:best|top|beste[nrs]?|mejores|meilleur\w*|migliori|melhores)-|list[-_]of|/\d{1,3}-(?!\d)[a-z]+-[a-z]|-\d{1,2}-(?:best|ways|things|tips|ideas|reasons)|-(?:alternatives|ideas|examples|resources)(?:[/._-]|$)|/(?:awesome|listicles?|lists|rankings?)(?:[/-]|$)"),
    ("profile", 4, r"/(?:about(?:[-_]?(?:us|me))?|contacts?(?:[-_]us|[-_]me)?|kontakt|contacto|contatti|contato|(?:our-)?(?:team|people|story|staff|leadership)|management|profiles?|users?|members?|(?:ueber|uber|über)-(?:uns|mich)|company|imprint|impressum|quienes-somos|qui-sommes-nous|chi-siamo|o-nas|over-ons|om-oss|bio|biography|who-we-are|mission|history|unternehmen)(?:\.\w+)?/?$|/(?:profiles?|users?|authors?|members?|people|team|staff|faculty|in|speakers?|artists?)/[^/]+/?$|/@\w+/?$|/~\w+/?$"),
    ("video", 3, r"/(?:watch|videos?|clips?|embed|live|livestream|en-directo|en-vivo|direkt|live-tv|trailers?|episodes?|mediathek|shorts|reel)(?=[/?-]|$)"),
    ("tool", 3.5, r"(?:calculator|converter|generator|checker|simulator|estimator|validator|rechner|calculadora|calculateur|calcolatore|konverter|kalkulator|word-?counter|translat(?:e|or)(?=[/?-]|$)|/tools?/[^/]+|seo-?check|/test-your|speed-?test)(?!s?-(?:for|reviews?))"),
    ("other", 5, r"(?:^|[/_-])(?:privacy(?:-policy)?|terms(?:-(?:of|and)-\w+)?|legal|log-?in|sign-?in|signup|register|error\w*|404|agb|datenschutz\w*|cookie-policy|disclaimer|events?|abs|lyrics|songtexte?|dictionary|definition|cart|checkout|job/[^/]+|obituar\w+|veranstaltung(?:en)?)(?:[/._-]|$)"),
)  # fmt: skip

IN_TITLE = _rows(
    "its title says “{}”",
    ("list", 3, r"^\W*(?:the |our |die |les |los |las |i |as |os |de |\[\d{4}\] )?(?:top |best )?(?!(?:19|20)\d\d\b)\d{1,3}\+? (?!(?:steps?|days?|minutes?|hours?|on|of|in|people|years?|killed|dead|arrested|injured|injuries)\b)[^\W\d]{2,}"),
    ("list", 2.5, r"\b(?:top|best) \d{1,3}\b|\b(?:die|les|los|las|the|of the|these|our) (?!(?:19|20)\d\d\b)\d{1,3} \w+"),
    ("list", 2, r"\b(?:best|beste[nrs]?|mejores|meilleur\w*|migliori|melhores|najlepsz\w+|лучш\w+|bästa|bedste|en iyi|nejlepší|greatest|favou?rite|must-(?:have|see|read)|most [\w-]+)\b|おすすめ|ランキング|推荐"),
    ("list", 3, r"\b(?:lists? of (?!random)|liste (?:der|von|des)|lista de|alternatives\b|round-?up|resources for|roundup|ranked|ranking|rangliste|collection of|awesome)"),
    ("guide", 3.5, r"\b(?:how (?:to|do i|can i)|what (?:is|are)|step[- ]by[- ]step|anleitung|tutorial|so (?:geht|funktioniert|installier)\w*|wie (?:man|du|sie)|was ist|cómo|qué es|comment (?:faire|installer|choisir)|como fazer|jak (?:zrobić|na)|hoe (?:maak|je)|come fare|guida|guía|nasıl|så gör)\b|как (?:сделать|установить|выбрать)|作り方|方法|レシピ|教程|怎么"),
    ("guide", 2.5, r"\b(?:guide|documentation|docs|manual|handbook|recipe|rezept|receta|recette|ricetta|przepis|receita|recept|tips (?:for|to|on)|for beginners|getting started|install(?:ation|ing)?|examples?|explained|cheat ?sheet|steps|ratgeber|reference|api|diy|faq|basics|introduction to|learn)\b"),
    ("review", 3.5, r"\b(?:reviews?|reviewed|im (?:\w+ )?test|testbericht|rezension|rezi|buchkritik|filmkritik|erfahrungen|hands[- ]on|i tried|(?:i|we) tested|recensione|reseña|análisis|recension|tested|recenzja|opiniones|first impressions|test:|worth it)\b|обзор|отзывы|\bcritique\b|レビュー|評測"),
    ("review", 3, r"\b(?:vs\.?|versus|compared|comparison|im vergleich|vergleich:|comparativ\w+|how do they compare|which is better)(?!\w)"),
    ("news", 1.5, r"\b(?:news|nachrichten|press release|pressemitteilung|announces?|launch(?:es|ed)|partners?(?:hip)?|according to|arrest(?:ed|s)|killed|dies|investigation|report|unveils?|raises|acquires?|wins?|says|appoints?|signs|plans to|fordert|warnt|police|polizei|minister|court|election)\b"),
    ("product", 1.5, r"\b(?:software|platform|services?|solutions?|pricing|prices|packages|plans|for (?:small |your )?business(?:es)?|company|kaufen|buy|купить|kopen|acheter|comprar|for sale|free trial|official site|app|repair|bestellen)\b"),
    ("category", 1.5, r"\b(?:products|supplies|shop|jobs|courses|deals|rentals|directory|listings?|auswahl|online (?:kaufen|kopen|shop|bestellen)|günstige\w*|catalog(?:ue)?|categories|collection|sale|for sale|search results|archives?|browse|stellenangebote|brands|store)\b"),
    ("profile", 4, r"^\W*(?:about(?: us| me| [\w’' ]{2,30})?|contacts?(?: us| me| details| information)?|kontakt|contacto|contatti|contato|über (?:uns|mich|[\w ]{2,30})|our (?:team|story|people|company|mission)|(?:management |leadership |the )?team|meet the team|who we are|wer wir sind|qui[ée]nes somos|qui sommes[- ]nous|chi siamo|over ons|o nas|sobre (?:nosotros|nós)|à propos|impressum|om oss|get in touch|о (?:нас|компании)|контакты|会社概要|关于我们)\W*(?:$|[|–—:«»-])|[|–—-] (?:about(?: us)?|contact(?: us)?|kontakt|über uns)\W*$|\(@[\w.]+\)|(?:'s|’s) profile|curriculum vitae"),
    ("forum", 2.5, r"\b(?:forums?|thread|message board|community|foro|q ?& ?a|discussion)\b|[-–|] (?:page|seite|página|strona|صفحه) \d+$|\[(?:solved|closed|resolved|gelöst)\]"),
    ("video", 2.5, r"\b(?:youtube|vimeo|twitch|dailymotion|videos?|trailer|livestream|live ?stream|en directo|en vivo|ao vivo|live tv|watch online|full episode|official music|mediathek|tiktok)\b"),
    ("tool", 3.5, r"\b(?:calculator|converter|generator|checker|simulator|estimator|\w*rechner|calculadora|calculateur|calcolatore|konverter|kalkulator|generate an?|tester|validator|test your|word counter|lookup|finder|online tool|formatter|speed test|translator|kalkylator)\b|計算|калькулятор|генератор"),
    ("other", 5, r"\b(?:privacy (?:policy|notice|statement)|terms (?:of|and|&) (?:use|service|conditions)|terms & conditions|sign in|sign up|log ?in|anmelden|einloggen|page not found|error|access denied|forbidden|just a moment|not a (?:ro)?bot|attention required|captcha|server status|index of /|datenschutz\w*|nutzungsbedingungen|\bagb\b|lyrics|songtext|cookie policy|definition|meaning of|obituary|under construction|maintenance)\b|^404\b|\bstatus$"),
    ("other", 2.5, r"\b(?:university|universität|universidad|université|ministry|government|city of|dictionary|word of the day|storytime|concert|conference \d{4}|tickets)\b"),
)  # fmt: skip

BUY = re.compile(
    r"add to (?:cart|bag|basket|trolley)|buy now|in den (?:warenkorb|einkaufswagen)|jetzt kaufen"
    r"|ajouter au panier|añadir al carrito|aggiungi al carrello|adicionar ao carrinho|in winkelwagen"
    r"|do koszyka|в корзину|купить|lägg i varukorg|sepete ekle|カートに入れる|加入购物车|в кошик",
    re.IGNORECASE,
)
PRICE = re.compile(
    r"(?:[$€£¥₹₽]|(?:USD|EUR|GBP|CHF|AUD|CAD) ?)\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|£|zł|kr\b|EUR\b|USD\b|грн|руб|₽|Kč)"
)
OFFER = re.compile(
    r"free (?:quote|estimate|trial|consultation)|request a (?:quote|demo)|(?:book|get|schedule) a (?:demo|call)"
    r"|get started|start (?:your )?free|sign up free|contact sales|see pricing|schedule (?:service|now)"
    r"|angebot anfordern|kostenlos testen|demo anfordern|call (?:us )?(?:now|today)|try (?:it )?(?:for )?free",
    re.IGNORECASE,
)
QUOTED = re.compile(
    r"\b(?:said|says|told|sagte|erklärte|teilte mit|disse|afirmou|dijo|déclaré|affirmé|ha detto"
    r"|according to|nach angaben|spokes(?:man|woman|person)|announced|zei)\b",
    re.IGNORECASE,
)
DATELINE = re.compile(
    r"/PRNewswire/|\(Business Wire\)|GLOBE NEWSWIRE|for immediate release|press(?:e)?kontakt"
    r"|media contact|press release|pressemitteilung|comunicado de prensa|communiqué de presse",
    re.IGNORECASE,
)
VERDICT = re.compile(
    r"\bpros (?:and|&) cons\b|\bpros\b.{1,400}\bcons\b|our (?:verdict|rating)|bottom line|fazit"
    r"|testurteil|we tested|i tested|my rating|out of (?:5|10)\b|helpful\?|customer reviews",
    re.IGNORECASE | re.DOTALL,
)
STEP = re.compile(r"^\W*(?:step|schritt|paso|étape|passo|krok|шаг)\W*\d", re.IGNORECASE)
NUMBERED = re.compile(r"^\W*(?:#|no\.? ?|nr\.? ?)?\d{1,3}(?:[.):–-]| [A-Z])")
FORUM_SOFTWARE = re.compile(
    r"vbulletin|xenforo|phpbb|discourse|nodebb|vanilla|mybb|smf|invision|flarum|woltlab|bbpress",
    re.IGNORECASE,
)
POSTED_BY = re.compile(
    r"(?:joined|registered|join date|member since|posts|messages|beiträge|registriert(?: seit)?|dabei seit"
    r"|mensajes|registrado|inscrit|сообщени[йя]|регистрация|reactions|reputation|location)\s*[:：]"
    r"|\b(?:reply|quote|antworten|zitieren|upvote|report post|mark as solution|permalink|citar|répondre)\b",
    re.IGNORECASE,
)
STOCK = re.compile(
    r"\b(?:in stock|out of stock|sold out|auf lager|sofort lieferbar|lieferzeit|sku|item (?:no|number)|free shipping"
    r"|artikel-?n(?:umme)?r|versandkosten|mwst|en stock|disponible|op voorraad|na stanie|в наличии|quantity"
    r"|specifications|delivery (?:time|in)|warranty|money[- ]back|per month|/mo\b|billed)\b",
    re.IGNORECASE,
)
SORTED = re.compile(
    r"\b(?:sort(?:ed)? by|sortier\w+|filter(?:s| by)?\b|showing \d+|\d+[-–]\d+ of \d+|\d[\d.,]* (?:results|items|products"
    r"|produkte|artikel|treffer|jobs|ads)|per page|pro seite|ordenar por|trier par|ordina per|sorteren|sorteer"
    r"|sortuj|сортировать|load more|view all \w+|weitere anzeigen)\b",
    re.IGNORECASE,
)
PLAYED = re.compile(
    r"\b(?:subscribers?|subscribe|[\d.,]+[km]? views|watch later|aufrufe|up next|autoplay|abonnieren|suscriptores"
    r"|visualizações|vues|transcript|playlist)\b",
    re.IGNORECASE,
)
COOKED = re.compile(
    r"\b(?:ingredients|zutaten|ingredientes|ingrédients|ingredienti|składniki|ingrediënten|ingredienser)\b|材料|ингредиенты",
    re.IGNORECASE,
)
TAUGHT = re.compile(
    r"\b(?:prerequisites|table of contents|on this page|what you(?:'ll| will)? need|before you (?:start|begin)|step \d"
    r"|schritt \d|in this (?:tutorial|guide|article)|follow these|inhaltsverzeichnis|voraussetzungen|synopsis"
    r"|usage|syntax|parameters|first,|next,|finally,|make sure)\b",
    re.IGNORECASE,
)
FOLLOWED = re.compile(
    r"\b(?:followers|following|h-index|cited by|biography|born (?:in|on)|founded in|gegründet|curriculum|our (?:mission"
    r"|values|history|vision)|head of|ceo|founder|opening hours|öffnungszeiten|anschrift|phone|telefon|tel\.|address)\b",
    re.IGNORECASE,
)
WORKED = re.compile(
    r"^\W*(?:calculate|convert|generate|check|analy[sz]e|compute|translate|test|search|find|berechnen|umrechnen|prüfen"
    r"|calcular|calculer|convertir|generieren|calcola|oblicz|рассчитать|start (?:test|check))\b",
    re.IGNORECASE,
)
YOU = re.compile(
    r"\b(?:you|your|you're|du|dein\w*|sie|ihre?n?|usted|tu|tus|vous|votre|vos|você|je|jouw)\b",
    re.IGNORECASE,
)
HIRED = re.compile(
    r"\b(?:apply (?:now|for this job)|responsibilities|qualifications|job (?:description|type)|salary|full[- ]time"
    r"|years of experience|bewerben|anforderungen|aufgaben|vollzeit|candidatura|postuler|requirements)\b",
    re.IGNORECASE,
)
DEFINED = re.compile(
    r"\b(?:noun|verb|adjective|adverb|pronunciation|etymology|synonyms?|antonyms?|substantiv|bedeutung(?:en)?"
    r"|herkunft|usage:|word origin|first known use)\b",
    re.IGNORECASE,
)
LEGAL = re.compile(
    r"\b(?:personal (?:data|information)|gdpr|dsgvo|liability|governing law|herein|third[- ]part(?:y|ies)|data controller"
    r"|hereby|licen[cs]or|indemnify|haftung|personenbezogene\w*|verantwortlicher|responsabilidad)\b",
    re.IGNORECASE,
)
CHALLENGED = re.compile(
    r"(?:checking|verify(?:ing)?) (?:that )?(?:your browser|you are (?:a )?human|you're (?:not a robot|human))|ray id"
    r"|security check|unusual traffic|page (?:you (?:are looking for|requested)|was|could) (?:\w+ )?(?:not|n't|doesn)"
    r"|(?:doesn't|does not|no longer) exist|seite (?:wurde )?nicht gefunden|página no encontrada|page introuvable",
    re.IGNORECASE,
)
ATTENDED = re.compile(
    r"\b(?:add to calendar|get tickets|buy tickets|doors open|venue|rsvp|register for (?:this|the) event|event details"
    r"|date and time|eintritt|veranstaltungsort|einlass|age group|registration (?:is )?required)\b",
    re.IGNORECASE,
)
WIRED = re.compile(
    r"\((?:reuters|ap|afp|dpa|upi|efe|ansa|bloomberg|xinhua)\)|\bassociated press\b", re.IGNORECASE
)
