"""Small pages with the usual markup of widely used systems, written for these tests."""

# ruff: noqa: E501 - markup, one page a row

import pytest

from bot.pages.facts import facts_of

LOREM = "<p>{} is made in a small workshop by the river, and each piece is checked by hand before it leaves the house.</p>"
CARD = "<li class='product type-product'><a href='/p/{0}'><img alt='Mug {0}'><h2>Mug {0}</h2><span class='price'>€{0},90</span></a></li>"
POST_TEXT = "<p>I had the same trouble with mine last winter, and in the end a new seal from the hardware shop did it.</p>"
REPORT = "<p>The council voted on Tuesday to close the bridge for a year, officials said, after engineers had found cracks.</p>"
ADVICE = "<p>Before you begin, make sure that your workspace is dry and that you have all the parts within reach.</p>"


def page(title, body, url, *, head="", html="", classes=""):
    return facts_of(
        f"<!doctype html><html lang=en {html}><head><title>{title}</title>{head}</head>"
        f"<body class='{classes}'>{body}</body></html>",
        url,
    )


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def ld(text):
    return f'<script type="application/ld+json">{text}</script>'


# Common to nearly every page: a menu, a search, a newsletter, teasers, legal links.
AROUND = (
    "<header><a href=/>Home</a><a href=/blog>Blog</a><a href=/about>About us</a><form><input type=search name=s></form><a href=/login>Log in</a></header>",
    "<aside><h3>You may have missed</h3>"
    + "".join(f"<div class=teaser><a href=/blog/{n}>Another page {n}</a></div>" for n in range(3))
    + "<form><input type=email name=email><button>Subscribe</button></form></aside>"
    "<footer><a href=/contact>Contact</a><a href=/privacy>Privacy policy</a><a href=/terms>Terms</a>"
    "<a href='https://facebook.com/x'>Facebook</a><a href='mailto:post@site.example'>Mail</a> © 2026</footer>",
)
SYSTEMS = [
    # shops
    ("product", "WooCommerce", {"title": "Blue mug – Potter", "url": "https://potter.example/shop/blue-mug/", "classes": "product-template-default single single-product postid-31 woocommerce", "body": "<h1 class=product_title>Blue mug</h1><p class=price><span class=woocommerce-Price-amount>€ 19,90</span></p><form class=cart><input type=number name=quantity value=1><button name=add-to-cart>Add to basket</button></form><h2>Description</h2>" + LOREM.format("The mug") * 3 + "<h2>Related products</h2>" + CARD.format(1) * 4}),
    ("product", "Shopify", {"title": "Linen Shirt | Weaver", "url": "https://weaver.example/products/linen-shirt", "classes": "template-product", "head": meta("og:type", "product") + meta("og:price:amount", "49.00"), "body": "<h1>Linen Shirt</h1><form action='/cart/add'><select name=id><option>S</select><button type=submit name=add>Add to cart</button></form>" + LOREM.format("The shirt") * 2}),
    ("product", "Magento", {"title": "Gießkanne Zink", "url": "https://garten.example/giesskanne-zink.html", "classes": "catalog-product-view page-layout-1column", "body": "<h1>Gießkanne Zink</h1><span itemprop=price content=24.5>24,50 €</span><span>inkl. MwSt., zzgl. Versandkosten</span><button>In den Warenkorb</button><h2>Produktbeschreibung</h2>" + LOREM.format("Die Kanne")}),
    ("product", "Wix", {"title": "Candle | Lights", "url": "https://lights.example/product-page/candle", "head": ld('{"@type":"Product","name":"Candle","offers":{"@type":"Offer","price":"12"}}'), "body": "<h1>Candle</h1>$12.00 <button>Add to Cart</button>" + LOREM.format("The candle")}),
    ("product", "a firm's service page", {"title": "Roof Repair in Leeds | Slate & Sons", "url": "https://slate.example/services/roof-repair/", "body": "<nav><a href=/services>Services</a><a href=/portfolio>Our work</a><a href=/testimonials>Testimonials</a><a href=/quote>Request a quote</a></nav><h1>Roof repair in Leeds</h1>" + "<p>We repair slate, tile and flat roofs all over Leeds, and our roofers are on your street within the hour.</p>" * 6 + "<a href=/quote>Get a free quote</a> Call us today. Free estimate."}),
    ("product", "a software's home", {"title": "Stacker - Inventory for small teams", "url": "https://stacker.example/", "body": "<nav><a href=/pricing>Pricing</a><a href=/features>Features</a><a href=/customers>Customers</a><a href=/login>Log in</a><a href=/signup>Sign up</a></nav><h1>Know what you have</h1><a href=/signup>Start free</a> <a href=/demo>Book a demo</a>" + "<p>Stacker counts what your team has in its stores, so that your shelves are never empty again.</p>" * 5}),
    ("product", "a repository of code", {"title": "pumpctl: control pumps from the shell", "url": "https://code.example/hydra/pumpctl", "head": meta("og:type", "object"), "body": "<h1>hydra/pumpctl</h1>Stars 1.2k Forks 80 Releases 14 Contributors 9 License MIT Commits 812 Pull requests 3<h2>Install</h2><pre>pip install pumpctl</pre>" + ADVICE}),
    ("category", "WooCommerce", {"title": "Mugs – Potter", "url": "https://potter.example/product-category/mugs/", "classes": "archive tax-product_cat woocommerce", "body": "<h1>Mugs</h1><select name=orderby><option>Sort by price</select><ul class=products>" + "".join(CARD.format(n) for n in range(1, 13)) + "</ul><nav class=woocommerce-pagination>1 2</nav>"}),
    ("category", "Shopify", {"title": "Shirts | Weaver", "url": "https://weaver.example/collections/shirts", "classes": "template-collection", "body": "<h1>Shirts</h1>" + "".join(f"<div class=grid-product__card><a href=/products/{n}>Shirt {n}</a> ${n}9.00</div>" for n in range(1, 15))}),
    ("category", "a shop of no known system", {"title": "Garden Hoses", "url": "https://hoses.example/garden-hoses", "body": "<a href=/cart>Cart</a><a href=/account>My account</a><h1>Garden Hoses</h1><div class=filters>Brand Length</div>24 products" + "".join(f"<div class=tile><a href=/h/{n}>Hose {n} m</a><span class=price>£{n}.00</span></div>" for n in range(5, 29))}),
    ("category", "a job board", {"title": "Nurse Jobs in Kent", "url": "https://work.example/jobs/nurse/kent", "body": "<h1>Nurse jobs in Kent</h1>132 jobs <select name=sort><option>Sort by date</select>" + "".join(f"<article class=job-card><h2><a href=/job/{n}>Nurse {n}</a></h2><span>Posted 2 days ago</span></article>" for n in range(20))}),
    ("category", "a directory", {"title": "Plumbers in Bern", "url": "https://book.example/directory/plumbers/bern", "body": "<h1>Plumbers in Bern</h1>Showing 1-20 of 96 results" + "".join(f"<div class=listing-item><h3><a href=/firm/{n}>Firm {n}</a></h3>Bern</div>" for n in range(20))}),
    # forums
    ("forum", "Discourse", {"title": "Leaking seal - Repairs - Pump Talk", "url": "https://talk.pumps.example/t/leaking-seal/4711", "head": "<meta name=generator content='Discourse 3.2.0'>", "body": "<h1>Leaking seal</h1>" + ("<div class='topic-body crawler-post'><a href='/u/anna'>anna</a>" + POST_TEXT + "</div>") * 6}),
    ("forum", "phpBB", {"title": "Leaking seal - Pump board", "url": "https://pumps.example/viewtopic.php?f=2&t=99", "body": "<div id=phpbb>" + ("<div class='post bg2'><a class=username href='./memberlist.php?mode=viewprofile&u=7'>anna</a> Posts: 12 Joined: Mon Mar 2" + POST_TEXT + "<a href='#p12'>Quote</a></div>") * 6 + "</div>"}),
    ("forum", "XenForo", {"title": "Leaking seal | Pump Talk", "url": "https://pumps.example/threads/leaking-seal.4711/", "html": "id=XF data-template=thread_view", "body": ("<article class='message message--post'><a href='/members/anna.7/'>anna</a>" + POST_TEXT + "<a href='#post-7'>Reply</a></article>") * 6}),
    ("forum", "vBulletin", {"title": "Undichte Dichtung", "url": "https://pumpen.example/showthread.php?1234-Undichte-Dichtung", "head": "<meta name=generator content='vBulletin 4.2.5'>", "body": ("<li class=postbit>Registriert seit: 2009 Beiträge: 40 " + POST_TEXT + "<a>Zitieren</a></li>") * 6}),
    ("forum", "Stack Exchange", {"title": "valves - Why does the seal leak? - Plumbing Stack Exchange", "url": "https://plumbing.example/questions/12068/why-does-the-seal-leak", "classes": "question-page unified-theme", "head": ld('{"@type":"QAPage","mainEntity":{"@type":"Question","name":"Why?","acceptedAnswer":{"@type":"Answer","text":"x"}}}'), "body": "<h1>Why does the seal leak?</h1>" + ("<div class=answer>" + POST_TEXT + "</div>") * 3}),
    ("forum", "Reddit", {"title": "Leaking seal : r/pumps", "url": "https://www.threads.example/r/pumps/comments/1abc/leaking_seal/", "body": "<h1>Leaking seal</h1>" + ("<div class='comment thing'><a href='/user/anna'>anna</a> 12 points 3 hours ago" + POST_TEXT + "<a>permalink</a> <a>reply</a></div>") * 7}),
    ("forum", "a forum of no known system", {"title": "Leaking seal", "url": "https://pumps.example/s/x81f/leaking_seal", "body": "<a href=/new>New posts</a><a href=/m>Members</a><a href=/r>Register</a><a href=/f>FAQ</a>" + "".join(f"<div class=comment id=c{n}><a href=/u/user{n}>user{n}</a> {n} days ago {POST_TEXT}<a href=#c_{n}>link</a> <a>reply</a></div>" for n in range(2, 12))}),
    # guides
    ("guide", "WordPress recipe", {"title": "Lentil soup - Pot & Pan", "url": "https://pot.example/lentil-soup/", "classes": "single single-post postid-9", "head": ld('{"@type":"Recipe","name":"Lentil soup","author":{"@type":"Person","name":"Ada Pot"},"datePublished":"2024-01-02"}'), "body": "<h1>Lentil soup</h1>" + ADVICE * 5 + "<ul class=wprm-recipe-ingredients><li>Lentils</ul>"}),
    ("guide", "MkDocs", {"title": "Configuration - Pumpctl", "url": "https://pumpctl.example/latest/configuration/", "head": "<meta name=generator content='mkdocs-1.5'>", "body": "<nav><a href=#>Next</a></nav><h1>Configuration</h1>" + ADVICE * 4 + "<pre>pump: on</pre>" * 4}),
    ("guide", "Docusaurus", {"title": "Quickstart | Pumpctl", "url": "https://pumpctl.example/docs/quickstart", "head": "<meta name=generator content='Docusaurus v3'>", "body": "<h1>Quickstart</h1>" + ADVICE * 3 + "<pre>pumpctl up</pre>" * 3}),
    ("guide", "a blog's how-to", {"title": "How to Replace a Pump Seal (Step by Step)", "url": "https://home.example/blog/replace-pump-seal", "head": meta("og:type", "article") + ld('{"@type":"BlogPosting","author":{"@type":"Person","name":"Jo Valve"},"datePublished":"2024-05-01"}'), "body": "<h1>How to replace a pump seal</h1>" + "".join(f"<h2>Step {n}: Do it</h2>{ADVICE}{ADVICE}" for n in range(1, 6))}),
    ("guide", "a help centre", {"title": "Resetting your password – Stacker Help Center", "url": "https://help.stacker.example/hc/en-us/articles/3600123-Resetting-your-password", "body": "<h1>Resetting your password</h1>" + ADVICE * 3 + "<ol>" + "<li>Click the link that we have sent to your mail address.</li>" * 4 + "</ol>Was this article helpful?"}),
    ("guide", "Ghost, in French", {"title": "Comment changer un joint de pompe", "url": "https://maison.example/comment-changer-un-joint/", "classes": "post-template", "body": "<h1>Comment changer un joint de pompe</h1>" + "<p>Avant de commencer, vérifiez que votre plan de travail est sec et que vous avez toutes les pièces sous la main.</p>" * 9}),
    # lists
    ("list", "WordPress listicle", {"title": "11 Best Pumps for Small Gardens in 2026", "url": "https://home.example/best-garden-pumps/", "classes": "single single-post postid-4", "head": ld('{"@type":"Article","author":{"@type":"Person","name":"Jo Valve"},"datePublished":"2026-02-01"}'), "body": "<h1>11 Best Pumps for Small Gardens</h1>" + "".join(f"<h2>{n}. Pump {n} - best for ponds</h2>{LOREM.format('It')}<a href=https://shop{n}.example/>Buy</a>" for n in range(1, 12))}),
    ("list", "Medium, in words", {"title": "Seven Habits of People Who Never Lose a Pump", "url": "https://medium.example/@jo/seven-habits-5f3e2a1b", "head": meta("og:type", "article"), "body": "<h1>Seven Habits of People Who Never Lose a Pump</h1>" + "".join(f"<h2>Habit</h2>{ADVICE}{ADVICE}" for n in range(7))}),
    ("list", "a Spanish one", {"title": "Los 7 mejores trucos para cuidar tu bomba", "url": "https://casa.example/7-mejores-trucos-bomba/", "body": "<h1>Los 7 mejores trucos</h1>" + "".join(f"<h2>{n}. Truco</h2><p>{'Una bomba limpia dura más años que una bomba sucia, y se nota en la factura. ' * 2}</p>" for n in range(1, 8))}),
    ("list", "MediaWiki", {"title": "List of pump makers - Encyclopedia", "url": "https://wiki.example/wiki/List_of_pump_makers", "head": "<meta name=generator content='MediaWiki 1.42'>", "body": "<h1>List of pump makers</h1><ul>" + "".join(f"<li><a href=/wiki/{n}>Maker {n}</a></li>" for n in range(60)) + "</ul>"}),
    # reviews
    ("review", "a magazine", {"title": "Hydra 300 review: quiet, strong, dear", "url": "https://mag.example/reviews/hydra-300", "head": ld('{"@type":"Review","itemReviewed":{"@type":"Product","name":"Hydra"},"author":{"@type":"Person","name":"Jo"}}'), "body": "<h1>Hydra 300 review</h1>" + LOREM.format("The Hydra") * 8 + "<h2>Pros</h2><h2>Cons</h2><h2>Verdict</h2>"}),
    ("review", "customer reviews", {"title": "Hydra Pumps Reviews | Read Customer Service Reviews of hydra.example", "url": "https://judge.example/review/hydra.example", "body": "<h1>Hydra Pumps</h1>TrustScore 4.2" + "".join(f"<article class=review-card><a href=/users/{n}>Kim {n}</a> Rated 5 out of 5 stars<p>Quick, and they keep their word. The pump runs since March without any trouble.</p></article>" for n in range(12))}),
    ("review", "a comparison", {"title": "Hydra vs Nix: which pump is better?", "url": "https://mag.example/hydra-vs-nix", "body": "<h1>Hydra vs Nix</h1>" + LOREM.format("The Hydra") * 9 + "<table><tr><th>Hydra<th>Nix</table>"}),
    ("review", "a German one", {"title": "Hydra 300 im Test: leise und stark", "url": "https://magazin.example/test/hydra-300", "body": "<h1>Hydra 300 im Test</h1>" + "<p>Die Pumpe läuft so leise, dass man zweimal hinhört, und sie hebt das Wasser ohne Mühe in den ersten Stock.</p>" * 9 + "<h2>Fazit</h2>"}),
    # news
    ("news", "a newspaper", {"title": "Council closes old bridge for a year - The Riverside Herald", "url": "https://riverside.example/news/local/council-closes-bridge-12345678", "head": meta("og:type", "article") + meta("article:published_time", "2026-03-03T10:00:00Z") + ld('{"@type":"NewsArticle","author":{"@type":"Person","name":"Kim Quill"},"datePublished":"2026-03-03"}'), "body": "<h1>Council closes old bridge</h1>" + REPORT * 9}),
    ("news", "a newspaper without metadata", {"title": "Stadtrat sperrt alte Brücke", "url": "https://bote.example/lokales/stadtrat-sperrt-bruecke", "body": "<a>Politik</a><a href=/w>Wirtschaft</a><a href=/k>Kultur</a><a href=/p>Panorama</a><a href=/po>Politik</a><a href=/l>Lokales</a><a href=/g>Gesellschaft</a><h1>Stadtrat sperrt alte Brücke</h1>" + "<p>Der Stadtrat hat am Dienstag beschlossen, die Brücke für ein Jahr zu sperren, sagte ein Sprecher der Stadt.</p>" * 9}),
    ("news", "a press release", {"title": "Hydra Pumps opens second plant", "url": "https://hydra.example/newsroom/second-plant", "body": "<h1>Hydra Pumps opens second plant</h1><p>LEEDS, March 3, 2026 -- Hydra Pumps today announced that its second plant has opened its gates in Leeds.</p>" + REPORT * 5 + "<h2>Press contact</h2>Media contact: Kim Quill"}),
    # videos
    ("video", "a watch page", {"title": "Changing a pump seal - Tube", "url": "https://tube.example/watch?v=abc", "head": meta("og:type", "video.other") + meta("og:video:url", "https://tube.example/embed/abc"), "body": "<video></video><h1>Changing a pump seal</h1>1.2M views Subscribe 4K subscribers Share Save " + "word " * 30}),
    ("video", "an embedded one", {"title": "Pump trailer", "url": "https://films.example/videos/pump", "body": "<iframe src='https://www.youtube.com/embed/x'></iframe><h1>Pump trailer</h1>" + "word " * 30}),
    # profiles
    ("profile", "about, Squarespace", {"title": "About — Potter", "url": "https://potter.example/about", "body": "<h1>Our story</h1>" + LOREM.format("Our ware") * 4}),
    ("profile", "contact, German", {"title": "Kontakt | Töpferei", "url": "https://topf.example/kontakt", "body": "<h1>Kontakt</h1>Telefon 030 123 <a href='mailto:post@topf.example'>E-Mail</a><form><input type=email name=mail><textarea></textarea></form>" + "wort " * 20}),
    ("profile", "a team page", {"title": "Meet the team - Slate & Sons", "url": "https://slate.example/our-team", "body": "<h1>Meet the team</h1>" + "<div class=team-member><h3>Kim Slate</h3>Head of roofs</div>" * 6 + "word " * 20}),
    ("profile", "a professor", {"title": "Prof. Kim Quill", "url": "https://uni.example/people/kim-quill", "head": ld('{"@type":"ProfilePage","mainEntity":{"@type":"Person","name":"Kim Quill"}}'), "body": "<h1>Kim Quill</h1>" + "<p>Kim Quill is a professor of hydraulics and head of the pump laboratory; she was born in Leeds.</p>" * 2}),
    ("profile", "a person in an encyclopaedia", {"title": "Kim Quill - Encyclopaedia", "url": "https://wiki.example/wiki/Kim_Quill", "head": "<meta name=generator content='MediaWiki 1.42'>", "body": "<h1>Kim Quill</h1><p><b>Kim Quill</b> (born 3 March 1961 in Leeds) is a British engineer and author who built the first quiet pump.</p>" + "<p>Quill grew up by the river and studied hydraulics in Leeds before she founded a workshop of her own.</p>" * 3}),
    # tools
    ("tool", "a calculator", {"title": "Pump Power Calculator", "url": "https://calc.example/pump-power-calculator", "body": "<h1>Pump power calculator</h1><form><input type=number><input type=number><select><option>m</select><button>Calculate</button></form>" + "word " * 40}),
    ("tool", "a German converter", {"title": "Einheiten umrechnen: Liter in Gallonen", "url": "https://rechner.example/liter-gallonen", "body": "<h1>Liter in Gallonen umrechnen</h1><input type=number><input type=number><button>Umrechnen</button>" + "wort " * 40}),
    ("tool", "a search front", {"title": "Findex", "url": "https://findex.example/", "body": "<form><input type=search name=q><button>Search</button></form><a href=/settings>Settings</a>" + "word " * 26}),
    # others
    ("other", "a privacy policy", {"title": "Privacy Policy - Potter", "url": "https://potter.example/privacy-policy", "body": "<h1>Privacy Policy</h1>" + "<p>We process your personal data as the GDPR allows, and third parties receive personal information only as said herein.</p>" * 8}),
    ("other", "a login", {"title": "Sign in · Stacker", "url": "https://stacker.example/login", "body": "<form><input type=email><input type=password><button>Sign in</button></form>" + "word " * 26}),
    ("other", "not found", {"title": "Page not found", "url": "https://potter.example/nowhere", "classes": "error404", "body": "<h1>Oops</h1>The page you requested could not be found." + " word" * 30}),
    ("other", "a job ad", {"title": "Pump Engineer (m/f/d) at Hydra", "url": "https://hydra.example/careers/pump-engineer", "head": ld('{"@type":"JobPosting","title":"Pump Engineer"}'), "body": "<h1>Pump Engineer</h1>Responsibilities Qualifications Requirements Full-time Apply now" + LOREM.format("The job") * 3}),
    ("other", "a paper", {"title": "On the noise of small pumps", "url": "https://journal.example/articles/4711", "head": "<meta name=citation_title content='On the noise of small pumps'><meta name=citation_author content='Quill, Kim'>", "body": "<h1>On the noise of small pumps</h1><h2>Abstract</h2>" + LOREM.format("The pump") * 4 + "<h2>References</h2>"}),
    ("other", "an event", {"title": "Pump fair", "url": "https://fair.example/events/pump-fair", "head": ld('{"@type":"Event","name":"Pump fair","startDate":"2026-05-05"}'), "body": "<h1>Pump fair</h1>Venue: Hall 3. Get tickets. Doors open at 8." + LOREM.format("The fair")}),
    # other languages, and pages with much else on them
    ("product", "one thing among related ones", {"title": "Hydra 300 Garden Pump", "url": "https://mart.example/Hydra-300-Garden-Pump/dp/B0ABC1234X", "body": "<a href=/cart>Cart</a><a href=/orders>Orders</a><h1>Hydra 300 Garden Pump</h1><span class=price>$89.00</span><select name=quantity><option>1</select><button>Add to Cart</button>In stock. Free shipping.<h2>Product details</h2>" + LOREM.format("It") + "<h2>Customers also bought</h2>" + "".join(f"<div class=card><a href=/dp/{n}>Hose {n}</a><span class=price>${n}.00</span><button>Add to Cart</button></div>" for n in range(11, 19))}),
    ("product", "a Portuguese shop", {"title": "Bomba Hydra 300 - Loja da Água", "url": "https://loja.example/produto/bomba-hydra-300", "body": "<h1>Bomba Hydra 300</h1>R$ 499,90 <button>Adicionar ao carrinho</button><h2>Descrição</h2><p>A bomba trabalha tão baixo que é preciso escutar duas vezes, e leva a água ao primeiro andar sem esforço.</p>"}),
    ("category", "a Spanish shop", {"title": "Bombas de jardín | Tienda Agua", "url": "https://tienda.example/bombas-de-jardin", "body": "<a href=/c>Carrito</a><a href=/m>Mi cuenta</a><h1>Bombas de jardín</h1>Ordenar por precio" + "".join(f"<div class=producto-item><a href=/b/{n}>Bomba {n}</a><span class=price>{n},00 €</span></div>" for n in range(20, 44))}),
    ("forum", "a French one", {"title": "Joint qui fuit", "url": "https://pompes.example/forum/sujet-4711-joint-qui-fuit.html", "body": "".join("<div class=message><a href='/profil/anna'>anna</a> Inscrit : 2009 Messages : 12 <p>J'ai eu le même souci l'hiver dernier, et un joint neuf de la quincaillerie a suffi.</p><a>Citer</a> <a>Répondre</a></div>" for _ in range(6))}),
    ("guide", "a Dutch how-to", {"title": "Hoe vervang je een pompdichting?", "url": "https://klussen.example/pompdichting-vervangen/", "body": "<h1>Hoe vervang je een pompdichting?</h1>" + "".join(f"<h2>Stap {n}: doe het</h2><p>Zorg dat je werkplek droog is en dat je alle onderdelen binnen handbereik hebt voordat je begint.</p>" for n in range(1, 9))}),
    ("guide", "a Japanese recipe", {"title": "レンズ豆のスープの作り方", "url": "https://ryori.example/recipe/4711", "body": "<h1>レンズ豆のスープ</h1><h2>材料</h2><ul><li>レンズ豆</ul><h2>作り方</h2>" + "<p>鍋に水を入れて火にかけ、沸騰したらレンズ豆を加えて弱火で二十分ほど煮てください。</p>" * 5}),
    ("review", "an Italian one", {"title": "Hydra 300: la nostra prova", "url": "https://rivista.example/hydra-300-prova", "body": "<h1>Hydra 300, recensione</h1>" + "<p>La pompa lavora così piano che bisogna ascoltare due volte, e porta l'acqua al primo piano senza fatica.</p>" * 8 + "<h2>Pregi</h2><h2>Difetti</h2>"}),
    ("news", "a Polish newspaper", {"title": "Rada zamyka stary most na rok", "url": "https://gazeta.example/wiadomosci/rada-zamyka-most", "body": "<a href=/1>Polska</a><a href=/2>Świat</a><a href=/3>Gospodarka</a><a href=/4>Kultura</a><a href=/5>Nauka</a><a href=/6>Zdrowie</a><h1>Rada zamyka stary most</h1>" + "<p>Rada miasta zdecydowała we wtorek o zamknięciu mostu na rok, poinformował rzecznik urzędu miasta.</p>" * 8}),
    ("list", "a Swedish one", {"title": "12 bästa pumparna för trädgården", "url": "https://hem.example/basta-pumpar", "body": "<h1>12 bästa pumparna</h1>" + "".join(f"<h2>{n}. Pump {n}</h2><p>{'Pumpen går så tyst att man får lyssna två gånger innan man hör den. ' * 2}</p>" for n in range(1, 13))}),
    ("profile", "a Polish about page", {"title": "O nas - Pompy", "url": "https://pompy.example/o-nas", "body": "<h1>O nas</h1>" + "<p>Nasza firma od trzydziestu lat robi pompy nad rzeką i każdą z nich sprawdza ręcznie przed wysłaniem.</p>" * 4}),
    ("tool", "a Spanish calculator", {"title": "Calculadora de caudal", "url": "https://calc.example/calculadora-caudal", "body": "<h1>Calculadora de caudal</h1><input type=number><input type=number><button>Calcular</button>" + "palabra " * 30}),
    ("other", "a French legal page", {"title": "Mentions légales", "url": "https://pompes.example/mentions-legales", "body": "<h1>Mentions légales</h1>" + "<p>Conformément à la loi, vos données personnelles sont traitées par l'éditeur du site, dont la responsabilité est limitée.</p>" * 5}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "made"),
    [(kind, made) for kind, _, made in SYSTEMS],
    ids=[f"{k}: {n}" for k, n, _ in SYSTEMS],
)
def test_a_page_of_a_widely_used_system_gets_its_kind(kind, made):
    understood = page(**made)
    assert understood.readable
    assert understood.kind == kind, understood.kind_evidence


@pytest.mark.parametrize(
    ("kind", "made"),
    [(kind, made) for kind, _, made in SYSTEMS],
    ids=[f"{k}: {n}" for k, n, _ in SYSTEMS],
)
def test_the_surroundings_of_a_page_do_not_change_its_kind(kind, made):
    before, after = AROUND
    understood = page(**{**made, "body": f"{before}<main>{made['body']}</main>{after}"})
    assert understood.kind == kind, understood.kind_evidence
