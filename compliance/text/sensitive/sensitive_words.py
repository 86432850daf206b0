"""Words that speak for a sensitive category, words that may, and words of harmless contexts.

They are features beside an embedding, not rules: what a word counts for was learnt. A word stands for its forms
(see :func:`stem`); phrases are words joined by a space. Written by us; slurs are left to the embedding but for
those without which a category is not recognised.
"""

from __future__ import annotations

SURE: dict[str, str] = {
    "sexual.explicit": """
        porn pornographic pornography xxx nsfw hentai blowjob handjob cumshot orgasm masturbate
        masturbation genital penis vagina vulva clitoris dildo vibrator fetish bdsm bondage threesome orgy
        gangbang fuck fucking cock pussy ejaculate intercourse erection doggystyle creampie anal fellatio
        cunnilingus explicit-sex have-sex having-sex sex-scene sex-act sex-tape making-love sexual-act
        oral-sex hardcore onlyfans camgirl""",
    "sexual.suggestive": """
        nude naked nudity topless bottomless erotic erotica seductive seduce seductively sensual sensually
        sexy lingerie striptease stripper boudoir pinup busty cleavage nipple boob breast buttock thong
        undress undressing provocative sultry scantily bare-chested see-through lap-dance pole-dance twerk
        lewd aroused arousal horny kinky bare-skin half-naked bra panties nudist playboy intimate-pose
        risque ecchi""",
    "sexual.violence": """
        rape raped raping rapist molest molestation grope groping non-consensual nonconsensual
        sexually-assault sexual-assault sexual-abuse forced-sex against-her-will roofie date-rape incest
        bestiality upskirt""",
    "violence.graphic": """
        gore gory gruesome mutilate mutilation mutilated dismember dismembered dismemberment decapitate
        decapitated decapitation behead beheaded beheading disembowel disemboweled entrails intestines
        viscera guts eviscerate severed amputate splatter bloodbath bloodied flayed flay skinned-alive
        torture tortured torturing impale impaled maggot rotting corpse cadaver carnage slaughter mangled
        brain-matter exposed-bone bloody-mess pool-of-blood blood-spatter gouge gouged cannibal
        cannibalism putrid festering severed-head severed-limb""",
    "violence.general": """
        murder murdered murderer kill killing killer stab stabbed stabbing strangle strangled strangling
        choke assault beat-up beating brutal brutally massacre execute execution assassinate assassination
        hitman lynch lynching hostage hanged bludgeon shoot-dead gunned-down shooting-spree mass-shooting
        school-shooting dead-body corpse batter domestic-violence genocide slain slay violent violently
        brawl hurt-someone lifeless motionless""",
    "violence.weapons": """
        gun rifle shotgun pistol handgun revolver firearm ak-47 ar-15 machine-gun assault-rifle grenade
        bazooka rocket-launcher silencer ammo ammunition machete armed gunman gunmen sniper ghost-gun
        armoury""",
    "violence.extremism": """
        terrorist terrorism jihad jihadist isis al-qaeda extremist suicide-bomber suicide-vest martyrdom
        white-power neo-nazi nazi hitler militia insurgent caliphate ethnic-cleansing race-war
        beheading-video manifesto suicide-attack bomb-vest""",
    "hate.speech": """
        racist racism racial bigot bigoted antisemitic antisemitism islamophobic homophobic xenophobic
        subhuman vermin inferior-race master-race filthy-immigrant slur mongrel nigger faggot kike spic
        tranny retard supremacist white-supremacy deport-them go-back-to blackface go-home cockroach
        parasite degenerate""",
    "harassment.abuse": """
        humiliate humiliated humiliating humiliation bully bullied bullying mock mocking mocked degrade
        degrading taunt taunting harass harassing stalk stalking ridicule ridiculed cyberbully shame
        shaming pathetic loser worthless ugly fat stupid disgusting body-shame laugh-at dox doxx revenge""",
    "harassment.threat": """
        threaten threatening threat i-will-kill kill-you hunt-you find-you watch-your-back blackmail
        intimidate you-will-pay you-re-dead know-where-you-live death-threat extort ransom""",
    "self_harm": """
        suicide suicidal kill-myself kill-yourself end-my-life self-harm self-injury cut-myself
        cutting-herself slit-wrist wrist noose overdose anorexia anorexic bulimia bulimic thinspo pro-ana
        starve purge purging hang-myself jump-off end-it-all want-to-die hurt-myself cut-her-arm razor
        starving""",
    "substances.drugs": """
        cocaine heroin meth methamphetamine crystal-meth crack-pipe fentanyl lsd mdma ecstasy ketamine
        opioid weed marijuana cannabis joint bong psychedelic magic-mushroom snort snorting inject-heroin
        drug-dealer drug-deal cartel narcotic stoned getting-high get-high drug-use syringe junkie coke
        shrooms tripping spliff dealer""",
    "substances.alcohol_tobacco": """
        beer wine whisky whiskey vodka rum gin brandy cognac champagne prosecco cocktail martini bourbon
        tequila ale lager stout pint drunk booze liquor alcohol alcoholic cigarette cigar tobacco smoker
        vape vaping hookah shisha nicotine barman bartender pub brewery hangover keg sake absinthe""",
    "gambling": """
        casino gambling gamble gambler roulette blackjack poker slot-machine jackpot betting bet
        sportsbook bookmaker wager croupier baccarat craps scratch-card lottery free-spin poker-chip""",
    "illicit.crime": """
        burglar burglary burgle rob robbery robber steal stealing stolen thief thieves shoplift
        shoplifting carjack hotwire smuggle smuggling smuggler traffick trafficking trafficker arson
        arsonist kidnap kidnapping vandal vandalise heist pickpocket lockpick break-into launder
        money-laundering bribe bribery hack hacker hacking malware ransomware contraband poach poaching
        evade-police black-market dark-web chop-shop""",
    "illicit.fraud": """
        scam scammer fraud fraudulent phishing ponzi pyramid-scheme counterfeit fake-giveaway
        identity-theft skimmer skimming swindle guaranteed-return double-your-money fake-charity
        credit-card-number get-rich wire-fraud romance-scam crypto-giveaway pump-and-dump fake-investment""",
    "illicit.mass_weapons": """
        bomb explosive pipe-bomb dirty-bomb nerve-agent sarin anthrax ricin chemical-weapon
        biological-weapon bioweapon nuclear-weapon nuclear-bomb uranium-enrichment detonator c4 tnt napalm
        molotov nerve-gas poison-gas mustard-gas ied detonate vx fertiliser-bomb weaponise weaponize""",
    "deception.impersonation": """
        deepfake impersonate impersonating impersonation pretend-to-be posing-as voice-clone clone-voice
        cloned-voice lookalike looks-exactly-like face-swap faceswap fake-statement fake-speech pass-as
        fake-doctor official-broadcast sounds-exactly-like mouth-the-words lip-sync imposter impostor""",
    "deception.staged_event": """
        hoax fake-news breaking-news fake-footage staged fabricated bodycam cctv-footage leaked-footage
        as-if-real looks-real look-real real-footage amateur-footage phone-footage news-report false-flag
        viral-clip eyewitness leaked dashcam security-camera passed-off make-it-look believable
        authentic-looking shaky-phone undercover-footage""",
    "deception.forgery": """
        forge forged forgery fake-id fake-passport fake-diploma counterfeit-money fake-banknote
        fake-receipt fake-invoice fake-certificate doctored falsify falsified tampered replica-id
        fake-licence fake-prescription convincing-passport fake-document altered backdated photoshopped""",
    "consent.intimate_imagery": """
        undress-her remove-her-clothes remove-clothes nudify deepnude without-clothes take-off-her
        ex-girlfriend ex-wife revenge-porn strip-her without-her-consent her-naked make-her-nude
        clothes-off x-ray undress-this swap-her-face bikini-instead leaked-nude deepfake-porn""",
    "consent.covert": """
        hidden-camera spy-camera spycam upskirt voyeur voyeuristic peeping peep-hole secretly-film
        secretly-record without-their-knowledge without-knowing changing-room locker-room covert covertly
        candid unaware hidden-cam secretly through-the-window shower-cam unsuspecting keyhole""",
    "political.content": """
        president senator congress congressman parliament prime-minister minister politician political
        election elections electoral ballot voter voting vote campaign candidate candidacy democrat
        democrats republican republicans conservative liberal socialist communist communism fascist
        fascism dictator dictatorship regime government protest protester protestor demonstration
        demonstrator riot rally coup revolution referendum propaganda brexit kremlin white-house capitol
        chancellor mayor governor legislature policy border annex annexation separatist occupation
        sanctions nationalist populist left-wing right-wing party-leader inauguration impeach impeachment
        activist uprising crackdown dissident sovereignty invasion flag-burning taiwan tiananmen palestine
        israel ukraine crimea putin trump biden obama zelensky netanyahu merkel macron modi erdogan lula""",
}
"""Words that are rarely said in another sense, or that name the category's own subject."""

MAY: dict[str, str] = {
    "body": """
        sex sexual kiss kissing bed bedroom bath shower bikini swimsuit underwear skirt thigh hip leg skin
        lips moan strip bare""",
    "harm": """
        blood bloody knife axe hammer chainsaw fight fighting punch punched kick attack attacked attacker
        shoot shooting shot dead death die dying victim wound wounded injury injured scream screaming pain
        fear burn burning crash war battle soldier explosion explode sword blade hang rope crush crushed
        beat bleed bleeding fire poison punish cruel cruelty""",
    "horror": """
        zombie demon monster creepy horror nightmare haunted ghost skeleton skull grotesque disturbing
        macabre scary terrifying sinister satanic ritual vampire body-horror deformed possessed insects
        worms crawling eyeball eyeless""",
    "people": """
        muslim muslims jew jews jewish christian black white asian african arab mexican gay lesbian trans
        transgender immigrant immigrants refugee migrant women woman disabled roma gypsy islam islamic
        race ethnic""",
    "despair": """
        alone lonely sad hopeless empty depressed depression crying pills bridge ledge scar scars note
        goodbye thin skinny weight calories""",
    "deceit": """
        fake realistic official genuine document id passport licence diploma bank account password police
        officer doctor ceo celebrity voice news anchor footage statement announcement leaked viral proof
        evidence headline broadcast""",
    "private": """
        address phone-number bank-account bank-detail credit-card social-security passport-number medical
        record history password pin date-of-birth salary orientation message mailbox license-plate
        home-address private e-mail""",
    "owner": """
        my-neighbour's my-neighbor's my-coworker's my-boss's my-ex's my-wife's my-husband's
        my-girlfriend's my-boyfriend's my-colleague's people's someone's somebody's her-phone his-phone
        their-consent without-asking without-them""",
    "unequal": """
        should-not be-allowed not-be allowed earn-less less-than worth-less inferior superior banned
        why-should why-can why-are deserve give-me-reasons reasons-why""",
    "order": """
        how-to step-by-step instructions guide tutorial recipe explain write-a tell-me give-me best-way
        without-getting-caught""",
}
"""Words that are often harmless, by what they may be about."""

CONTEXTS: dict[str, str] = {
    "kitchen": """
        kitchen cook cooking chef recipe dish meal bread cheese vegetable onion steak salad soup sushi
        fish fillet bakery dinner tea coffee""",
    "stage": """
        make-up makeup prop props costume theatre theater actor actors stage rehearsal film-set
        behind-the-scenes halloween cosplay stunt prosthetic director opera""",
    "learning": """
        museum exhibit lesson class student teacher lecture history historical memorial documentary
        archive textbook diagram anatomy biology science school training workshop""",
    "medicine": """
        hospital surgeon surgery nurse clinic patient vaccine vaccination dentist veterinarian medical
        medicine therapist therapy counsellor recovery helpline charity""",
    "sport": """
        boxing fencing wrestling match tournament champion goal football rugby karate judo athlete gym
        yoga hockey chess paintball archery target referee stadium""",
    "nature": """
        forest ocean sea mountain river lake sunset sunrise bird dog cat horse lion wolf shark whale
        garden flower tree sky cloud beach rain snow volcano storm""",
    "making": """
        cartoon animated animation pixel-art toy lego plush watercolor drawing illustration children's
        logo product advert""",
    "fiction": """
        game videogame minecraft gta sims fortnite roblox chess boss-fight level character player quest
        dungeon novel movie film play tale story book comic wizard knight dragon fantasy paintball
        tabletop puppet musical detective villain""",
    "asking": """
        define definition meaning mean what-is what-does who-was when-did what-happened explain difference
        history cause event war siege century treaty trial historical""",
    "figurative": """
        party joke laugh laughter audience dance floor karaoke stand-up exam interview presentation show
        stage performance dying-to time hour boredom mood vibe light phone contract lease deal plan""",
    "computing": """
        python process thread code server linux program software function file java database kernel
        command""",
    "unreal": """
        mars moon jupiter saturn neptune ghost unicorn dragon mermaid fly teleport invisible breathe
        photosynthesise walk-through underwater time-travel cat dog ant gorilla carrot mushroom olive egg
        teapot pencil cartoon fictional""",
    "denial": """
        not no never without prevent preventing prevention awareness against stop avoid protect safety
        safe harmless pretend fictional""",
}
"""Words of contexts in which the words above are mostly harmless."""

DONE_TO = frozenset(
    """kill murder stab shoot shot beat punch hit kick attack strangle choke hang poison drown burn
    butcher gut chop cut crush smash destroy explode blow bomb execute terminate eliminate eradicate
    liquidate slay torture hunt rob steal assault ambush rape undress strip hurt harm batter push
    shove slap whip break slaughter
    """.split()
)
"""What can be done to somebody, or to something."""
SOMEBODY = frozenset(
    """person people someone somebody man men woman women guy girl boy wife husband neighbour neighbor
    boss colleague coworker roommate friend girlfriend boyfriend ex mother father brother sister uncle
    aunt cousin mother-in-law landlord stranger human victim him her them himself herself myself
    yourself crowd pedestrian driver teacher prisoner hostage officer policeman soldier child kid baby
    passenger family individual celebrity president politician customer guest old worker tramp lady
    gentleman muslim jew immigrant refugee homeless cyclist classmate student protester civilian
    villager
    """.split()
)
"""Whom something is done to."""
REACH = 5
"""Words within which one looks for whom it is done to."""


def table() -> tuple[list[str], dict[str, list[int]]]:
    """Return the names of the columns, and the columns of each word or phrase, in stems joined by spaces."""
    names: list[str] = []
    columns: dict[str, list[int]] = {}
    for group, words in {**SURE, **MAY, **CONTEXTS}.items():
        names.append(group)
        for entry in words.split():
            key = " ".join(stem(part) for part in entry.replace("'", "").split("-") if part)
            columns.setdefault(key, [])
            if len(names) - 1 not in columns[key]:
                columns[key].append(len(names) - 1)
    return names, columns


def stem(word: str) -> str:
    """Return what forms of an English word share, roughly; never fewer than three letters."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: len(word) - len(ending)] + instead
    return word


_ENDINGS = (
    ("ies", "y"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("edly", ""), ("ed", ""), ("ers", "er"),
    ("es", ""), ("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""), ("e", ""),
)  # fmt: skip
