"""Patterns for addresses and titles that show the kind of a page, in the languages of the web.

Each row has a kind, a weight, a pattern, and the words for the evidence. Weights are small whole or
half numbers: 1 is a hint, 3 is strong, 5 is decisive unless contradicted.
"""

# ruff: noqa: E501, RUF001 - rows of words in many languages, one kind a line

import re
from dataclasses import dataclass

from bot.pages.word_patterns import compiled


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row. `words` may contain {} for the text that matched."""

    kind: str
    weight: float
    pattern: re.Pattern[str]
    words: str


def _rows(words: str, *rows: tuple[str, float, str]) -> tuple[Pattern, ...]:
    return tuple(Pattern(k, w, compiled(p, re.IGNORECASE), words) for k, w, p in rows)


# Number words, and the nouns of lists: “Five tools …”, “siete trucos para …”.
_NUMBERS = (
    r"\d{1,3}\+?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|fifty|drei|vier|fünf|sechs|sieben|acht|neun|zehn"
    r"|trois|quatre|cinq|sept|huit|dix|tres|cuatro|cinco|seis|siete|ocho|diez|tre|quattro|cinque|sette|dieci|vijf|zes|zeven|tien|três|quatro"
    r"|sete|dez|trzy|pięć|siedem|dziesięć|tre|fem|sju|tio"
)
_LISTY = (
    r"ways|things|tips|tricks|hacks|reasons|ideas|examples|tools|apps|sites|websites|books|movies|films|songs|albums|games|places|cities|hotels"
    r"|restaurants|facts|mistakes|myths|lessons|signs|types|kinds|benefits|strategies|techniques|methods|habits|quotes|recipes|projects|companies"
    r"|brands|products|gifts|alternatives|resources|questions|secrets|rules|trends|steps to|podcasts|blogs|plugins|themes|templates|programs"
    r"|platforms|services|courses|jobs|careers|actors|players|points|takeaways|tipps|gründe|ideen|dinge|wege|orte|bücher|filme|serien|spiele|fehler"
    r"|fakten|methoden|beispiele|anbieter|programme|conseils|façons|raisons|idées|astuces|choses|outils|livres|lieux|erreurs|exemples|maneras|formas"
    r"|razones|consejos|cosas|trucos|herramientas|lugares|libros|películas|errores|ejemplos|modi|motivi|consigli|idee|cose|trucchi|strumenti|luoghi"
    r"|libri|esempi|errori|manieren|redenen|ideeën|dingen|boeken|plekken|fouten|maneiras|razões|dicas|ideias|coisas|ferramentas|livros|filmes|erros"
    r"|sposobów|powodów|pomysłów|rzeczy|wskazówek|książek|narzędzi|błędów|sätt|anledningar|idéer|saker|böcker|verktyg|misstag"
)
_HOW = (
    r"what to (?:expect|know|do|look for)|what['’]s (?:the|a|an)\b|the difference between|understanding|how [\w ]{3,40} (?:is|are|can|will|work|works)\b|why (?:do|does|is|are|you|your|we)|when to|where to|should (?:you|i)\b|can (?:you|i|dogs|cats)\b|how (?:does|do|much|many|long|often|\w+ works?)"
    r"|a beginner['’]?s|step by step|everything about|warum|was (?:bedeutet|tun|sind)|wie (?:viel|lange|oft|funktioniert|geht|kann|werden|wird|ich)"
    r"|schritt für schritt|selber machen|selbst gemacht|richtig \w+en|einrichten|installieren|tipps (?:zum|zur|für)|^comment \w+|pourquoi|tuto\b|tutoriel\b"
    r"|qu['’]est[- ]ce que|conseils pour|por qué|paso a paso|qué son|come \w+(?:are|ere|ire)|perché|cos['’]è|passo (?:dopo )?passo"
    r"|hoe (?:\w+ )?(?:je|ik|u|kun|werkt|moet)|zo \w+ je|wat (?:is|zijn)|waarom|stappenplan|stap voor stap|como \w+(?:ar|er|ir)\b|o que (?:é|são)|por que"
    r"|passo a passo|jak \w+(?:ać|ić|yć|eć)\b|co to (?:jest|są)|czym (?:jest|są)|dlaczego|krok po kroku|przewodnik|hur (?:\w+ )?(?:man|du|gör|fungerar)"
    r"|vad är|varför|steg för steg|hvordan|hvad er|hva er|miten|mikä on"
)
# Words in the names of newspapers, at the end of a title.
_PAPERS = (
    r"news|times|post|tribune|herald|gazette|guardian|telegraph|journal|chronicle|observer|daily|mirror|courier|sentinel|bulletin|today|press"
    r"|zeitung|tageblatt|tagblatt|anzeiger|kurier|rundschau|nachrichten|presse|allgemeine|diario|periódico|noticias|nación|mundo|país|vanguardia"
    r"|giornale|corriere|gazzetta|notizie|gazeta|dziennik|wiadomości|dagblad|courant|nieuws|tidning|posten|nyheter|jornal|notícias|folha|le monde"
    r"|actu(?:alité)?s?|новости|газета|新聞|新闻|ニュース|뉴스|일보"
)
_HAPPENED = (
    r"amid|slams?|urges?|vows?|sues?|sued|charged|sentenced|approves?|rejects?|confirms?|den(?:y|ies)|resigns?|reveals?|accused|bans?|banned|crash"
    r"|attacks?|protests?|protesters|strikes?|earthquake|storm|president|prime minister|senate|congress|parliament|lawmakers|lawsuit|shooting"
    r"|murder|ceasefire|rescued|victims?|officials?|government|governor|mayor|ceo of|to (?:launch|open|close|cut|face|replace|invest)"
    r"|präsident\w*|kanzler\w*|bundestag|regierung|streik|unfall|urteil|verletzte?|tote[rn]?|angeklagt\w*|kündigt|präsident|gouvernement|ministre"
    r"|président|accusés?|annonce|tribunal|grève|presidente|gobierno|muere|mueren|detenid[oa]s?|acusad[oa]s?|anuncia|denuncia|policía|governo"
    r"|arrestat[oi]|mort[oi]|annuncia|polizia|preso|presos|morre|polícia|ministro|regering|politie|overleden|aangehouden|kabinet|rząd|prezydent"
    r"|policja|zginął|zatrzyman\w+|sąd|regeringen|statsminister|polisen|misstänkt\w*|åtalas|президент\w*|правительств\w*|погиб\w*|задержан\w*|суд"
)

IN_HOST = _rows(
    "its host is named “{}”",
    ("forum", 3, r"^(?:forums?|community|discuss|discourse|boards?|answers|talk)\.|\bforums?\b"),
    ("guide", 2.5, r"^(?:docs?|documentation|help|learn|manual|developers?|tutorials?|support|kb)\.|recipes?|rezepte?|recetas|recettes|\bdocs\b"),
    ("category", 1, r"^(?:jobs|careers|directory|listings)\.|classifieds"),
    ("product", 1, r"^(?:shop|store|buy)\."),
    ("news", 1.5, r"news(?!letter)|nachrichten|zeitung|times\b|tribune|herald|gazette|journal\b|(?<!word)presse?\b|noticias|daily|chronicle|observer|telegraph|tage?blatt|anzeiger|kurier|courier|rundschau|diario|periodico|jornal|giornale|corriere|gazet|dagblad|courant|tidning|posten\b|wiadomosci|novosti|haber|nyheter|nieuws|notizie|actu|bulletin|sentinel|dispatch|examiner"),
    ("video", 2, r"^(?:video|tv|watch|media)\.|\btube|tube\."),
    ("review", 1, r"reviews?\b|testberichte?"),
    ("tool", 1.5, r"calculator|converter|generator|rechner|calc\b"),
    ("other", 3, r"^(?:login|accounts?|auth|sso|status|events?|legal)\.|lyrics|dictionary"),
)  # fmt: skip

IN_PATH = _rows(
    "its address says “{}”",
    ("forum", 3, r"/(?:forums?|threads?|topics?|discussions?|showthread|viewtopic|showtopic|boards?|community|bbs|foro|communaute|discuss|qna|ask)(?=[/._-]|$)|/thread[-_]?\d|/t/[^/]+/\d+|/d/\d+|/questions?/[\w-]*\d+|/r/\w+/comments/|forumdisplay|/frage[n-]"),
    ("product", 2.5, r"/(?:products?|produkte?|productos?|produits?|prodott[io]|produkty?|produtos?|product-page|item|dp|itm|pd|gp/product|skus?|apps?|pricing|preise|prices|plans|services?|solutions|packages|leistungen|features|tovar|software|store/apps)(?=[/-]|$)|-p-?\d{3,}(?:\.|/|$)|/p/\d{3,}"),
    ("category", 3, r"/(?:(?:product[-_]?)?categor(?:y|ies|ia|ias|ie)|categories|kategorien?|rubrik|collections?|catalog(?:ue|o)?|directory|tags?|topics?/all|classifieds|listings?|brands?|marken|courses|kurse|\w*_?kategorien?|\w*kategorie|jobs|stellenangebote|empleos?|emplois?|c|search|suche|browse|departments?|shop|store|archive|deals|angebote|for-(?:sale|rent))(?:[-/]|$)(?!.*/(?:products?|p|item)/)"),
    ("news", 1, r"/(?:19|20)\d\d/[01]?\d/[0-3]?\d/|/(?:article|story|stories|articles|artikel|artigo|articolo|articulo|noticia|nota|artykul|artikkel)s?[/-]|[-/]\d{6,}(?:\.\w+)?/?$"),
    ("list", 1.5, r"/(?:\w+-)?(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)-\w+-|-(?:gift-guide|picks|must-haves|round-?up)(?:[/._-]|$)"),
    ("category", 1, r"-(?:products|supplies|shoes|deals|jobs|courses|for-sale|online-kaufen)(?:\.\w+)?/?$"),
    ("review", 3, r"(?:^|[/_-])(?:reviews?|rezension(?:en)?|kritik|testberichte?|erfahrung(?:en|sbericht)?|vs|versus|tested|im-test|compared|comparison|vergleich|comparati\w+|recensione|rese[nñ]a|critique|opiniones|avis|hands-on|first-look|recenzja|obzor)(?=[/._-]|$)|-test(?:/|$|\.)"),
    ("news", 2.5, r"/(?:news|newsroom|press|press[-_]?releases?|news-releases?|pressemitteilung(?:en)?|pressemeldung(?:en)?|presse|noticias?|nachrichten|actualites?|actu|aktuelles|politics|politik|politica|politique|world|local|nation|sports?|nyheter|nieuws|notizie|cronaca|breaking|novosti|wiadomosci)(?=[/\d-]|$)"),
    ("guide", 3, r"/(?:docs?|documentation|guides?|tutorials?|manuals?|man-pages|man\d|how-?tos?|recipes?|recetas?|rezepte?|recettes?|przepis(?:y)?|ricette|receitas?|learn|kb|reference|ref|ratgeber|anleitung(?:en)?|help|hc|faq|tips|support|quickstart|getting-started)(?=[/-]|$)|[/-]how-(?:to|do)-|[/-](?:guide|tutorial|tips|anleitung|recipe|rezept|explained|for-beginners)(?=[/._-]|$)|/(?:wie|como|comment|so)-\w+-"),
    ("guide", 1, r"/wiki/"),
    ("list", 2.5, r"[/-](?:best|top|beste[nrs]?|mejores|meilleur\w*|migliori|melhores)-|list[-_]of|/\d{1,3}-(?!\d)[a-z]+-[a-z]|-\d{1,2}-(?:best|ways|things|tips|ideas|reasons)|-(?:alternatives|ideas|examples|resources)(?:[/._-]|$)|/(?:awesome|listicles?|lists|rankings?)(?:[/-]|$)"),
    ("profile", 4, r"/(?:about(?:[-_]?(?:us|me))?|contacts?(?:[-_]us|[-_]me)?|kontakt|contacto|contatti|contato|(?:our-)?(?:team|people|story|staff|leadership)|management|profiles?|users?|members?|(?:ueber|uber|über)-(?:uns|mich)|company|imprint|impressum|quienes-somos|qui-sommes-nous|chi-siamo|o-nas|over-ons|om-oss|bio|biography|who-we-are|mission|history|unternehmen)(?:\.\w+)?/?$|/(?:profiles?|users?|authors?|members?|people|team|staff|faculty|in|speakers?|artists?)/[^/]+/?$|/@\w+/?$|/~\w+/?$"),
    ("video", 3, r"/(?:watch|videos?|clips?|embed|live|livestream|en-directo|en-vivo|direkt|live-tv|trailers?|episodes?|mediathek|shorts|reel)(?=[/?-]|$)"),
    ("tool", 3.5, r"(?:calculator|converter|generator|checker|simulator|estimator|validator|rechner|calculadora|calculateur|calcolatore|konverter|kalkulator|word-?counter|translat(?:e|or)(?=[/?-]|$)|/tools?/[^/]+|seo-?check|/test-your|speed-?test)(?!s?-(?:for|reviews?))"),
    ("other", 2.5, r"/jobs?/(?=[^/]*\d{4})[^/]*+/?$|/(?:stellenangebot|vacancy|vacature|oferta-de-empleo)/[^/]+"),
    ("other", 5, r"(?:^|[/_-])(?:privacy-(?:policy|notice|statement)|terms-(?:of|and)-\w+|datenschutz\w*|cookie-policy|disclaimer|lyrics|songtexte?|obituar\w+|agb)(?:[/._-]|$)|/(?:privacy|terms|log-?in|sign-?in|signup|register|error|404)(?:\.\w+)?/?$|/(?:legal|dictionary|definition|cart|checkout|events?/[^/]+|job/[^/]+|careers/[^/]+|veranstaltung(?:en)?)(?:\.\w+)?(?:/|$)|/error[_-]\w+"),
)  # fmt: skip

IN_TITLE = _rows(
    "its title says “{}”",
    ("list", 3, r"^\W*(?:the |our |die |les |los |las |i |as |os |de |\[\d{4}\] )?(?:top |best )?(?!(?:19|20)\d\d\b)\d{1,3}\+? (?!(?:steps?|days?|minutes?|hours?|on|of|in|people|years?|killed|dead|arrested|injured|injuries)\b)[^\W\d]{2,}"),
    ("list", 2.5, r"\b(?:top|best) \d{1,3}\b|\b(?:die|les|los|las|the|of the|these|our) (?!(?:19|20)\d\d\b)\d{1,3} \w+"),
    ("list", 2, r"\b(?:best|beste[nrs]?|mejores|meilleur\w*|migliori|melhores|najlepsz\w+|лучш\w+|bästa|bedste|en iyi|nejlepší|greatest|favou?rite|must-(?:have|see|read)|most [\w-]+)\b|おすすめ|ランキング|推荐"),
    ("list", 2, r"^\W*(?:the )?(?:top|hottest|biggest|greatest|latest|newest|new) (?:[\w’'-]+ ){0,5}(?:trends|\w+s (?:in|of|for|to)\b)|\btrends\b"),
    ("list", 3, r"\b(?:lists? of |liste (?:der|von|des)|lista de|alternatives\b|round-?up|resources for|roundup|ranked|ranking|rangliste|collection of|awesome)"),
    ("list", 3, r"\b\d{1,3} of (?:the|our|my) (?:\w+ )?(?:best|most|top|greatest|finest|\w+est)\b"),
    ("list", 3, rf"\b(?:{_NUMBERS}) (?:[\w’'-]+ ){{0,4}}(?:{_LISTY})\b"),
    ("guide", 2, rf"\b(?:{_HOW})|как \w+ть\b|что такое|почему|инструкция|пошагов|своими руками|しかた|やり方|使い方|とは|如何|怎样|怎樣|하는 (?:법|방법)|چگونه|كيفية|كيف"),
    ("guide", 3.5, r"\b(?:how (?:to|do i|can i)|what (?:is|are)|step[- ]by[- ]step|anleitung|tutorial|so (?:geht|funktioniert|installier)\w*|wie (?:man|du|sie)|was ist|cómo|qué es|comment (?:faire|installer|choisir)|como fazer|jak (?:zrobić|na)|hoe (?:maak|je)|come fare|guida|guía|nasıl|så gör)\b|как (?:сделать|установить|выбрать)|作り方|方法|レシピ|教程|怎么"),
    ("guide", 2.5, r"\b(?:guide|documentation|docs|manual|handbook|recipe|rezept|receta|recette|ricetta|przepis|receita|recept|tips (?:for|to|on)|for beginners|getting started|explained|cheat ?sheet|ratgeber|diy|faq|introduction to|walkthrough|everything you need to know|leitfaden|einführung|grundlagen|mode d'emploi|consejos para|dicas para|consigli per|handleiding|poradnik)\b"),
    ("guide", 1.5, r"\b(?:install(?:ation|ing)?|configur\w+|set(?:ting)? ?up|troubleshoot\w*|examples?|steps|reference|api|basics|learn|using|tips|creating|building|checklist|101|beispiele?|tipps|conseils|consejos)\b"),
    ("review", 3.5, r"\b(?:reviews?|reviewed|im (?:\w+ )?test|testbericht|rezension|buchkritik|filmkritik|erfahrungen|hands[- ]on|i tried|(?:i|we) tested|recensione|reseña|análisis|recension|tested|recenzja|opiniones|first impressions|test:|worth it)\b|обзор|отзывы|\bcritique\b|レビュー|評測"),
    ("review", 3, r"\b(?:vs\.?|versus|compared|comparison|im vergleich|vergleich:|comparativ\w+|how do they compare|which is better)(?!\w)"),
    ("news", 1.5, rf"[|–—•·:-](?!.{{90}}) ?[^|–—•·]{{0,30}}\b(?:{_PAPERS})\b[^|–—•·]{{0,30}}$"),
    ("news", 1.5, rf"\b(?:{_HAPPENED})\b"),
    ("news", 1.5, r"\b(?:news|nachrichten|press release|pressemitteilung|announces?|launch(?:es|ed)|partners?(?:hip)?|according to|arrest(?:ed|s)|killed|dies|investigation|unveils?|raises|acquires?|wins?|says|appoints?|signs|plans to|fordert|warnt|police|polizei|minister|court|election)\b"),
    ("product", 1.5, r"\b(?:software|platform|services?|solutions?|pricing|prices|packages|plans|for (?:small |your )?business(?:es)?|company|kaufen|buy|купить|kopen|acheter|comprar|for sale|free trial|official site|app|repair|bestellen)\b"),
    ("product", 1, r"\b(?:lawyers?|attorneys?|dentists?|plumbers?|plumbing|repairs?|cleaning|removal|installation|rentals?|agency|consulting|consultants?|contractors?|movers|roofing|hvac|clinic|catering|hosting|insurance|loans?|tours?|hotels?|developers?|development|marketing|management|anwalt|rechtsanwalt|zahnarzt|agentur|beratung|reparatur|reinigung|vermietung|versicherung|agence|avocat|assurance|agencia|abogados?|seguros?|agenzia|avvocato|verhuur|kantoor|wynajem|naprawa|uslugi|usługi|byrå)\b"),
    ("category", 1.5, r"\b(?:products|supplies|shop|jobs|courses|deals|rentals|directory|listings?|auswahl|online (?:kaufen|kopen|shop|bestellen)|günstige\w*|catalog(?:ue)?|categories|collection|sale|for sale|search results|archives?|browse|stellenangebote|brands|store)\b"),
    ("category", 1.5, r"^\W*+(?:[\w’'&-]+ ){0,3}(?:for (?:men|women|kids|sale|rent)|accessories|clothing|shoes|furniture|jewelry|jewellery|equipment|tools|gifts|collections?|courses|jobs in .*|rentals)\W*(?:$|[|–—-])|\b\d[\d.,]{0,11} (?:jobs|products|results|listings|properties|items|courses)\b"),
    ("profile", 4, r"^\W*+(?:about(?: us| me| [\w’' ]{2,30})?|contacts?(?: us| me| details| information)?|kontakt|contacto|contatti|contato|über (?:uns|mich|[\w ]{2,30})|our (?:team|story|people|company|mission)|(?:management |leadership |the )?team|meet the team|who we are|wer wir sind|qui[ée]nes somos|qui sommes[- ]nous|chi siamo|over ons|o nas|sobre (?:nosotros|nós)|à propos|impressum|om oss|get in touch|о (?:нас|компании)|контакты|会社概要|关于我们)\W*(?:$|[|–—:«»-])|[|–—-] (?:about(?: us)?|contact(?: us)?|kontakt|über uns)\W*$|\(@[\w.]+\)|(?:'s|’s) profile|curriculum vitae"),
    ("forum", 2.5, r"\b(?:forums?|thread|message board|community|foro|q ?& ?a|discussion)\b|[-–|] (?:page|seite|página|strona|صفحه) \d+$|\[(?:solved|closed|resolved|gelöst)\]"),
    ("review", 2.5, r"\b(?:getest|anmeldelse|arvostelu|resenha|avaliação|análise|prova su strada|la nostra prova|opinie|test (?:complet|et avis)|notre (?:avis|test)|avis(?: clients)?|recensies|ervaringen|omdöme|kundenbewertungen|bewertungen|testimonials|score|rating|pros (?:and|&) cons|should you buy|legit|scam)\b"),
    ("video", 2.5, r"\b(?:youtube|vimeo|twitch|dailymotion|videos?|trailer|livestream|live ?stream|en directo|en vivo|ao vivo|live tv|watch online|full episode|official music|mediathek|tiktok)\b"),
    ("tool", 3.5, r"\b(?:calculator|converter|generator|checker|simulator|estimator|\w*rechner|calculadora|calculateur|calcolatore|konverter|kalkulator|generate an?|tester|validator|test your|word counter|lookup|finder|online tool|formatter|speed test|translator|kalkylator)\b|計算|калькулятор|генератор"),
    ("other", 5, r"\b(?:privacy (?:policy|notice|statement)|terms (?:of|and|&) (?:use|service|conditions)|terms & conditions|page not found|access denied|just a moment|not a (?:ro)?bot|attention required|captcha|server status|index of /|datenschutz(?:erklärung|hinweise?|bestimmungen|information\w*)?|nutzungsbedingungen|\bagb\b|lyrics|songtext|cookie policy|obituary|mentions légales|política de privacidad|polityka prywatności|privacyverklaring|integritetspolicy)\b|^404\b|^(?:apache |server |system |service )?status$|^\W*(?:error|fehler|erreur)\W*(?:\d{3}|$|[|–—:·-])|\berror \d{3}\b|^\W*(?:sign in|sign up|log ?in|anmelden|einloggen|connexion|iniciar sesión|inloggen|logga in)\b"),
    ("other", 3, r"\b(?:forbidden|definition|meaning of|under construction|under maintenance|login|log in to|sign in to|bedeutung|définition|definición|significado)\b"),
    ("other", 2.5, r"\b(?:university|universität|universidad|université|ministry|government|city of|dictionary|concert|conference \d{4}|tickets)\b"),
)  # fmt: skip

ASKS = compiled(
    r"^\W*(?:how|what|why|when|where|which|who|can|should|do|does|is|are|will|wie|was|warum|wann|welche\w*"
    r"|wo|wer|kann|comment|pourquoi|quand|qu['’]est|quel(?:le)?s?|combien|cómo|¿|por qué|come|perché|cos['’]è"
    r"|quando|hoe|wat|waarom|welke|como|o que|por que|jak|co to|dlaczego|czym|hur|vad|varför|как|что|почему)\b.{4,}",
    re.IGNORECASE,
)
BEST_FOR = compiled(
    r"\bbest\b|\bbeste[nrs]?\b|runner-?up|top pick|editor['’]?s choice|preis-?leistungs-?sieger|testsieger"
    r"|meilleure?\b|mejor\b|migliore?\b|melhor\b|najleps\w+|bästa\b",
    re.IGNORECASE,
)
JUDGES = compiled(
    r"^\W*(?:the )?(?:pros|cons|pros (?:and|&) cons|(?:final |our )?(?:verdict|thoughts|rating|score)|what (?:we|i) (?:like|liked|love)\b.*"
    r"|performance|battery life|build quality|design|camera|display|sound quality|gameplay|graphics|story|value for money|alternatives"
    r"|fazit|vorteile|nachteile|vor- und nachteile|testergebnis|bewertung|ausstattung|verarbeitung|avantages|inconvénients|conclusion|verdict"
    r"|ventajas|desventajas|conclusión|conclusiones|pregi|difetti|conclusioni|voordelen|nadelen|conclusie|vantagens|desvantagens|conclusão"
    r"|zalety|wady|podsumowanie|fördelar|nackdelar|omdöme|slutsats|плюсы|минусы|вывод|итог)\W*$",
    re.IGNORECASE,
)
PRODUCT_PART = compiled(
    r"^\W*(?:product (?:description|details|information|specifications?|overview)|specifications?|tech(?:nical)? specs?|technical data"
    r"|additional information|description|details|customers? (?:also|who).*|you (?:may|might) also like|related products|similar (?:products|items)"
    r"|frequently bought together|customer reviews|recommended for you|product reviews|shipping (?:&|and) returns|what['’]s in the box"
    r"|produktbeschreibung|produktinformation\w*|produktdetails|technische daten|beschreibung|ähnliche (?:produkte|artikel)|zubehör|kunden (?:kauften|haben).*"
    r"|das könnte (?:ihnen|dir) auch gefallen|kundenbewertungen|description du produit|caractéristiques|fiche technique|produits (?:similaires|associés)"
    r"|vous aimerez aussi|descripción|especificaciones|ficha técnica|productos (?:relacionados|similares)|también te puede gustar|descrizione|caratteristiche"
    r"|prodotti correlati|scheda tecnica|potrebbe interessarti|productomschrijving|omschrijving|specificaties|gerelateerde producten|descrição|especificações"
    r"|produtos relacionados|opis(?: produktu)?|specyfikacja|podobne produkty|dane techniczne|produktbeskrivning|specifikationer|liknande produkter"
    r"|описание|характеристики|похожие товары|с этим товаром.*|商品説明|商品情報|関連商品|商品描述|规格参数)\W*$",
    re.IGNORECASE,
)

BUY = compiled(
    r"add to (?:cart|bag|basket|trolley)|buy now|in den (?:warenkorb|einkaufswagen)|jetzt kaufen"
    r"|ajouter au panier|añadir al carrito|aggiungi al carrello|adicionar ao carrinho|in winkelwagen"
    r"|do koszyka|в корзину|купить|lägg i varukorg|sepete ekle|カートに入れる|加入购物车|в кошик",
    re.IGNORECASE,
)
PRICE = compiled(
    r"(?:[$€£¥₹₽]|(?:USD|EUR|GBP|CHF|AUD|CAD) ?)\s?\d[\d.,]*|(?<![\d.,])[.,]*+\d[\d.,]*+\s?(?:€|£|zł|kr\b|EUR\b|USD\b|грн|руб|₽|Kč)"
)
OFFER = compiled(
    r"(?:book|order|enrol(?:l|ment)?|hire) (?:now|today|online)|book (?:an appointment|your|a (?:table|room|call))|request (?:an? )?(?:appointment|info\w*|service)|get (?:an? )?(?:quote|estimate|offer|pricing)|talk to (?:sales|an expert|us)|free (?:quote|estimate|trial|consultation)|request a (?:quote|demo)|(?:book|get|schedule) a (?:demo|call)"
    r"|get started|start (?:your )?free|sign up free|contact sales|see pricing|schedule (?:service|now)"
    r"|angebot anfordern|kostenlos testen|demo anfordern|call (?:us )?(?:now|today)|try (?:it )?(?:for )?free",
    re.IGNORECASE,
)
ABOUT_PART = compiled(
    r"^\W*(?:our|my|the) (?:mission|vision|values|story|history|team|people|company|approach|philosophy|leadership|founders?)\b"
    r"|^\W*(?:what we do|who we are|meet (?:the|our) team|board of directors|unsere? (?:werte|geschichte|mission|vision|team|philosophie)"
    r"|unser team|wer wir sind|notre (?:histoire|mission|équipe|vision)|nos valeurs|nuestr[oa]s? (?:historia|misión|equipo|valores|visión)"
    r"|la nostra (?:storia|missione)|il nostro team|onze (?:missie|geschiedenis|visie)|ons team|nossa (?:história|missão|equipe)"
    r"|nasza? (?:historia|misja|zespół|wartości)|vår (?:historia|vision)|наша (?:история|миссия|команда)|企業理念|沿革|发展历程)\W*",
    re.IGNORECASE,
)
REACHED = compiled(
    r"\b(?:phone|telephone|fax|opening hours|office hours|postal address|mailing address|address|directions|how to find us|get in touch|e-?mail us"
    r"|telefon|telefax|anschrift|adresse|anfahrt|öffnungszeiten|ansprechpartner|téléphone|horaires|nous trouver|dirección|teléfono|horario"
    r"|indirizzo|telefono|orari|dove siamo|telefoon|adres|openingstijden|endereço|telefone|horário|godziny otwarcia|adress|öppettider"
    r"|адрес|телефон|режим работы)\b|電話|住所|所在地|地址|电话|전화|주소",
    re.IGNORECASE,
)
DOC_PART = compiled(
    r"^\W*(?:synopsis|usage|options|parameters|arguments|examples?|return(?:s| value)?|see also|configuration|installation|prerequisites"
    r"|requirements|troubleshooting|environment(?: variables)?|files|exit status|syntax|methods|properties|ingredients|instructions|directions"
    r"|what you(?:'ll| will)? need|you will need|steps|next steps|overview|voraussetzungen|zutaten|zubereitung|ingredientes|preparación"
    r"|elaboración|ingrédients|préparation|ingredienti|preparazione|ingrediënten|bereiding(?:swijze)?|modo de preparo|składniki|przygotowanie"
    r"|wykonanie|ingredienser|gör så här|ингредиенты|приготовление|材料|作り方)\W*$",
    re.IGNORECASE,
)
QUOTED = compiled(
    r"\b(?:said|says|told|sagte|erklärte|teilte mit|disse|afirmou|dijo|déclaré|affirmé|ha detto"
    r"|according to|nach angaben|spokes(?:man|woman|person)|announced|zei)\b",
    re.IGNORECASE,
)
DATELINE = compiled(
    r"/PRNewswire/|\(Business Wire\)|GLOBE NEWSWIRE|for immediate release|press(?:e)?kontakt"
    r"|media contact|press release|pressemitteilung|comunicado de prensa|communiqué de presse",
    re.IGNORECASE,
)
VERDICT = compiled(
    r"\bpros (?:and|&) cons\b|\bpros\b(?:[^pc]|p(?!ros\b)|c(?!ons\b)){1,400}+cons\b|our (?:verdict|rating)|bottom line|fazit"
    r"|testurteil|we tested|i tested|my rating|out of (?:5|10)\b|helpful\?|customer reviews|\b\d(?:[.,]\d)? ?/ ?(?:5|10)\b|von 5 sternen"
    r"|pro (?:und|&) contra|vor- und nachteile|avantages et inconvénients|points (?:forts|faibles)|ventajas y desventajas|pros y contras"
    r"|pregi e difetti|pro e contro|voor- en nadelen|plus- en minpunten|zalety i wady|wady i zalety|för- och nackdelar|eindoordeel|voto finale",
    re.IGNORECASE | re.DOTALL,
)
STEP = compiled(r"^\W*(?:step|schritt|paso|étape|passo|krok|шаг)\W*\d", re.IGNORECASE)
NUMBERED = compiled(r"^\W*(?:#|no\.? ?|nr\.? ?)?\d{1,3}(?:[.):–-]| [A-Z])")
FORUM_SOFTWARE = compiled(
    r"vbulletin|xenforo|phpbb|discourse|nodebb|vanilla|mybb|smf|invision|flarum|woltlab|bbpress",
    re.IGNORECASE,
)
POSTED_BY = compiled(
    r"(?:joined|registered|join date|member since|posts|messages|beiträge|registriert(?: seit)?|dabei seit"
    r"|mensajes|registrado|inscrit|сообщени[йя]|регистрация|reactions|reputation|location)\s*[:：]"
    r"|\b(?:reply|quote|antworten|zitieren|upvote|report post|mark as solution|permalink|citar|répondre)\b",
    re.IGNORECASE,
)
LATELY = compiled(
    r"\b\d{1,6}+(?: ?(?:min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|months?|years?) ago\b| \w{1,30}+ (?:fa|geleden|atrás|temu|sedan|siden|назад)\b"
    r"| (?:points?|votes?|upvotes|likes|comments|replies|answers|antworten|réponses|respuestas|risposte)\b)"
    r"|\bvor \d+ (?:minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)\b"
    r"|\bil y a \d+ \w+|\bhace \d+ \w+|\bhá \d+ \w+|(?<!\d)\d{1,6}+ ?(?:分|時間|小时|天|日)前",
    re.IGNORECASE,
)
STOCK = compiled(
    r"\b(?:in stock|out of stock|sold out|auf lager|sofort lieferbar|lieferzeit|sku|item (?:no|number)|free shipping"
    r"|artikel-?n(?:umme)?r|versandkosten|mwst|en stock|disponible|op voorraad|na stanie|в наличии|quantity"
    r"|specifications|delivery (?:time|in)|warranty|money[- ]back|per month|/mo\b|billed)\b",
    re.IGNORECASE,
)
SORTED = compiled(
    r"\b(?:sort(?:ed)? by|sortier\w+|filter(?:s| by)?\b|showing \d+|\d+[-–]\d+ of \d+|\d[\d.,]{0,11} (?:results|items|products"
    r"|produkte|artikel|treffer|jobs|ads)|per page|pro seite|ordenar por|trier par|ordina per|sorteren|sorteer"
    r"|sortuj|сортировать|load more|view all \w+|weitere anzeigen)\b",
    re.IGNORECASE,
)
PLAYED = compiled(
    r"\b(?:subscribers?|subscribe|[\d.,]{1,12}+[km]? views|watch later|aufrufe|up next|autoplay|abonnieren|suscriptores"
    r"|visualizações|vues|transcript|playlist)\b",
    re.IGNORECASE,
)
COOKED = compiled(
    r"\b(?:ingredients|zutaten|ingredientes|ingrédients|ingredienti|składniki|ingrediënten|ingredienser)\b|材料|ингредиенты",
    re.IGNORECASE,
)
TAUGHT = compiled(
    r"\b(?:prerequisites|table of contents|on this page|what you(?:'ll| will)? need|before you (?:start|begin)|step \d"
    r"|schritt \d|in this (?:tutorial|guide|article)|follow these|inhaltsverzeichnis|voraussetzungen|synopsis"
    r"|usage|syntax|parameters|first,|next,|finally,|make sure)\b",
    re.IGNORECASE,
)
FOLLOWED = compiled(
    r"\b(?:followers|following|h-index|cited by|biography|born (?:in|on)|founded in|gegründet|curriculum|our (?:mission"
    r"|values|history|vision)|head of|ceo|founder|opening hours|öffnungszeiten|anschrift|phone|telefon|tel\.|address)\b",
    re.IGNORECASE,
)
WORKED = compiled(
    r"^\W*(?:calculate|convert|generate|check|analy[sz]e|compute|translate|test|search|find|berechnen|umrechnen|prüfen"
    r"|calcular|calculer|convertir|generieren|calcola|oblicz|рассчитать|start (?:test|check))\b",
    re.IGNORECASE,
)
YOU = compiled(
    r"\b(?:you|your|you're|du|dein\w*|sie|ihre?n?|usted|tu|tus|vous|votre|vos|você|je|jouw)\b",
    re.IGNORECASE,
)
HIRED = compiled(
    r"\b(?:apply (?:now|for this job)|responsibilities|qualifications|job (?:description|type)|salary|full[- ]time"
    r"|years of experience|bewerben|anforderungen|aufgaben|vollzeit|candidatura|postuler|requirements)\b",
    re.IGNORECASE,
)
DEFINED = compiled(
    r"\b(?:noun|verb|adjective|adverb|pronunciation|etymology|synonyms?|antonyms?|substantiv|bedeutung(?:en)?"
    r"|herkunft|usage:|word origin|first known use)\b",
    re.IGNORECASE,
)
LEGAL = compiled(
    r"\b(?:personal (?:data|information)|gdpr|dsgvo|liability|governing law|herein|third[- ]part(?:y|ies)|data controller"
    r"|hereby|licen[cs]or|indemnify|haftung|personenbezogene\w*|verantwortlicher|responsabilidad)\b",
    re.IGNORECASE,
)
CHALLENGED = compiled(
    r"(?:checking|verify(?:ing)?) (?:that )?(?:your browser|you are (?:a )?human|you're (?:not a robot|human))|ray id"
    r"|security check|unusual traffic|page (?:you (?:are looking for|requested)|was|could) (?:\w+ )?(?:not|n't|doesn)"
    r"|(?:doesn't|does not|no longer) exist|seite (?:wurde )?nicht gefunden|página no encontrada|page introuvable",
    re.IGNORECASE,
)
ATTENDED = compiled(
    r"\b(?:add to calendar|get tickets|buy tickets|doors open|venue|rsvp|register for (?:this|the) event|event details"
    r"|date and time|eintritt|veranstaltungsort|einlass|registration (?:is )?required)\b",
    re.IGNORECASE,
)
BORN = compiled(
    r"\((?:[^()]{0,60}\b)?(?:born|née?|geboren|geb\.|nacid[oa]|nat[oa]|nascid[oa]|ur\.|född|født|род\.|\*) ?[^()]{0,60}\d{4}"
    r"|\b(?:is|was|ist|war|est|était|es|fue|è|era|é|is een|jest|är) (?:an?|the|ein|eine|une?|una?|um|uma|een|en) (?:[\w-]+ ){0,4}"
    r"(?:actor|actress|singer|musician|professor|author|writer|engineer|founder|co-founder|physician|lawyer|journalist|footballer|player"
    r"|politician|artist|scientist|researcher|entrepreneur|schauspieler(?:in)?|sänger(?:in)?|autor(?:in)?|politiker(?:in)?|professor(?:in)?"
    r"|acteur|actrice|chanteu(?:r|se)|écrivain\w*|actriz|cantante|escritora?|profesora?|attore|attrice|scrittore|scrittrice|cantora?|zanger(?:es)?)\b",
    re.IGNORECASE,
)
PERSON = compiled(
    r"\b(?:publications|research interests|cited by|h-index|followers|following|education|biography|curriculum vitae|cv|affiliations?"
    r"|professional experience|work experience|skills|co-authors|portfolio|exhibitions|awards|connections|endorsements|member since|joined"
    r"|office hours|hometown|lebenslauf|publikationen|werdegang|mitglied seit|parcours|formation|publicaciones|formación|trayectoria"
    r"|pubblicazioni|formazione|publicaties|opleiding|образование|публикации)\b",
    re.IGNORECASE,
)
COMPANY = compiled(
    r"\b(?:headquarters?|employees|company size|founded|industry|revenue|specialties|followers|hauptsitz|mitarbeiter|gegründet|branche|umsatz"
    r"|siège social|effectif|fondée|chiffre d'affaires|sede|empleados|fundada|dipendenti|fondata|hoofdkantoor|medewerkers|siedziba)\b",
    re.IGNORECASE,
)
RELEASED = compiled(
    r"\b(?:stars|forks|releases|watchers|contributors|licen[cs]e|latest version|release history|download files|maintainers?|open issues"
    r"|weekly downloads|repository|changelog|dependencies|commits|pull requests)\b",
    re.IGNORECASE,
)
WIRED = compiled(
    r"\((?:reuters|ap|afp|dpa|upi|efe|ansa|bloomberg|xinhua)\)|\bassociated press\b", re.IGNORECASE
)
