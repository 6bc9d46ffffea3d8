"""Two-letter codes a market may use: ISO 3166-1 countries and ISO 639-1 languages."""

COUNTRIES = frozenset(
    """
    ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br
    bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz
    ec ee eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw
    gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky
    kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv
    mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py
    qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg
    th tj tk tl tm tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm
    zw
    """.split()  # noqa: SIM905  a table of codes, not a list of 200 lines
)

LANGUAGES = frozenset(
    """
    aa ab af ak am ar as av ay az ba be bg bh bi bm bn bo br bs ca ce co cs cu cv cy da de dv dz
    ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy ia id ie
    ig ii ik io is it iu ja jv ka kg ki kk kl km kn ko ks ku kv kw ky la lb lg li ln lo lt lu lv
    mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt
    qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl
    tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905  a table of codes, not a list of 200 lines
)


WEEKDAYS = {
    day[:3].lower(): day
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
}

_COUNTRY_NAMES = """
argentina ar australia au austria at belgium be brazil br bulgaria bg canada ca chile cl china cn
colombia co croatia hr cyprus cy czechia cz denmark dk deutschland de egypt eg england gb
españa es estonia ee finland fi france fr germany de greatbritain gb greece gr hongkong hk hungary
hu iceland is india in indonesia id ireland ie israel il italia it italy it japan jp kenya ke korea
kr latvia lv lithuania lt luxembourg lu malaysia my malta mt mexico mx morocco ma netherlands nl
newzealand nz nigeria ng norway no österreich at pakistan pk peru pe philippines ph poland pl
portugal pt romania ro saudiarabia sa schweiz ch serbia rs singapore sg slovakia sk slovenia si
southafrica za southkorea kr spain es sweden se switzerland ch taiwan tw thailand th turkey tr
uae ae uk gb ukraine ua unitedarabemirates ae unitedkingdom gb unitedstates us usa us vietnam vn
""".split()  # noqa: SIM905 - pairs, not a list of lines
_LANGUAGE_NAMES = """
arabic ar bulgarian bg catalan ca chinese zh croatian hr czech cs danish da dansk da deutsch de
dutch nl english en español es estonian et finnish fi français fr french fr german de greek el
hebrew he hindi hi hungarian hu indonesian id italian it italiano it japanese ja korean ko latvian
lv lithuanian lt malay ms nederlands nl norwegian no persian fa polish pl polski pl português pt
portuguese pt romanian ro russian ru serbian sr slovak sk slovenian sl spanish es svenska sv
swedish sv thai th turkish tr ukrainian uk urdu ur vietnamese vi
""".split()  # noqa: SIM905 - pairs, not a list of lines
COUNTRY_NAMED = dict(zip(_COUNTRY_NAMES[::2], _COUNTRY_NAMES[1::2], strict=True))
LANGUAGE_NAMED = dict(zip(_LANGUAGE_NAMES[::2], _LANGUAGE_NAMES[1::2], strict=True))
"""Names without spaces and dashes: `in:new-zealand` is newzealand."""
